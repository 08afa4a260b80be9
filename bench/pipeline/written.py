"""What the services wrote in one run, rows and records, and the floor: the same again by COPY and bare produce."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import psycopg
from aiokafka import AIOKafkaConsumer, TopicPartition
from psycopg import sql

from bench.bare import produce
from chassis.migration import metadata
from contracts.services import POST, SERVICES
from contracts.topics import TOPICS
from messaging.kafka_access import Brokers, client_arguments
from messaging.producer import Outgoing

_OUT: Final = sql.SQL("COPY (SELECT * FROM {table} WHERE xmin::text::bigint >= {since}) TO STDOUT (FORMAT binary)")
_IN: Final = sql.SQL("COPY {table} FROM STDIN (FORMAT binary)")
_EMPTY: Final = sql.SQL("TRUNCATE {tables}")
Offsets = Mapping[TopicPartition, int]
OUR_PARTITIONS: Final = [
    TopicPartition(name, number)
    for topic in TOPICS
    if topic.owner != POST
    for name in topic.names()
    for number in range(topic.partitions)
]


@dataclass(frozen=True, kw_only=True)
class Written:
    """`tables`: by service and table COPY's own format, in an order in which no row lacks the one that it refers to."""

    tables: Mapping[str, Mapping[str, bytes]]
    rows: int
    records: list[Outgoing]


async def next_transaction(database: str) -> int:
    """The number from which on transactions of the whole server are later ones."""
    async with await psycopg.AsyncConnection.connect(database) as connection:
        row = await (await connection.execute("SELECT pg_current_xact_id()::text::bigint")).fetchone()
    assert row is not None  # noqa: S101 -- a SELECT without FROM has one row
    return int(row[0])


async def ends(kafka: Brokers) -> Offsets:
    """Of every partition that our services write to."""
    async with AIOKafkaConsumer(**client_arguments(kafka)) as consumer:
        offsets: Offsets = await consumer.end_offsets(OUR_PARTITIONS)
    return offsets


async def written(databases: Mapping[str, str], kafka: Brokers, transaction: int, since: Offsets) -> Written:
    """Rows of that transaction and later ones as they are now, and records since those offsets."""
    tables, rows = dict[str, dict[str, bytes]](), 0
    for service in SERVICES:
        tables[service] = {}
        async with await psycopg.AsyncConnection.connect(databases[service]) as connection:
            for table in metadata(service).sorted_tables:
                cursor = connection.cursor()
                query = _OUT.format(table=sql.Identifier(table.name), since=sql.Literal(transaction))
                async with cursor.copy(query) as copy:
                    tables[service][table.name] = b"".join([bytes(part) async for part in copy])
                rows += cursor.rowcount
    return Written(tables=tables, rows=rows, records=await _records(kafka, since))


async def _records(kafka: Brokers, since: Offsets) -> list[Outgoing]:
    async with AIOKafkaConsumer(**client_arguments(kafka), enable_auto_commit=False) as consumer:
        until = await consumer.end_offsets(list(since))
        consumer.assign([partition for partition in since if until[partition] > since[partition]])
        for partition in consumer.assignment():
            consumer.seek(partition, since[partition])
        records: list[Outgoing] = []
        while any([await consumer.position(partition) < until[partition] for partition in consumer.assignment()]):
            for polled in (await consumer.getmany(timeout_ms=1000)).values():
                records += [Outgoing(record.topic, record.key, record.value, list(record.headers)) for record in polled]
    return records


async def write_again(databases: Mapping[str, str], kafka: Brokers, what: Written) -> float:
    """Seconds for all of it at once: each service's tables in one transaction, and the records beside them."""
    began = time.perf_counter()
    await asyncio.gather(
        produce(kafka, what.records), *(_copy_in(databases[service], tables) for service, tables in what.tables.items())
    )
    return time.perf_counter() - began


async def empty(databases: Mapping[str, str], what: Written) -> None:
    for service, tables in what.tables.items():
        async with await psycopg.AsyncConnection.connect(databases[service]) as connection:
            await connection.execute(_EMPTY.format(tables=sql.SQL(", ").join(map(sql.Identifier, tables))))


async def _copy_in(database: str, tables: Mapping[str, bytes]) -> None:
    async with await psycopg.AsyncConnection.connect(database) as connection:
        for table, rows in tables.items():
            async with connection.cursor().copy(_IN.format(table=sql.Identifier(table))) as copy:
                await copy.write(rows)
