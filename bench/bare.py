"""The floors: what Kafka and PostgreSQL need for the same records and rows when nothing else is done with them.

Each part is done in the quickest way known from Python, since a floor that is slower than need be flatters whoever stands
beside it. Records go in batches built by hand, as the relay's do: aiokafka's own `send` takes twice as long
(docs/decisions/0006). Rows are read by a cursor and not by COPY, which hands them over one by one.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from itertools import islice
from typing import Any, Final

import psycopg

from contracts.envelope import headers_of
from messaging.kafka_access import Brokers
from messaging.producer import Outgoing, Producer

RECORDS_A_ROUND: Final = 10_000
_ROWS: Final = "SELECT id, aggregateid, type, payload, time, sequence, correlation, causation FROM outbox ORDER BY position"


async def produce(kafka: Brokers, records: Iterable[Outgoing]) -> int:
    """All of them acknowledged, in order per key; how many. Raises what Kafka says."""
    rest, count = iter(records), 0
    async with bare_producer(kafka) as producer:
        while some := list(islice(rest, RECORDS_A_ROUND)):
            await producer.deliver(some)
            count += len(some)
    return count


async def read_out_and_produce(database: str, kafka: Brokers, topic: str, source: str) -> int:
    """Every row of the outbox to `topic`, with the envelope that the relay gives it; how many. The rows stay."""
    count = 0
    async with bare_producer(kafka) as producer:
        async for rows in _outbox_rows(database):
            await producer.deliver(_outgoing(row, topic, source) for row in rows)
            count += len(rows)
    return count


@asynccontextmanager
async def bare_producer(kafka: Brokers) -> AsyncIterator[Producer]:
    producer = Producer(kafka)
    await producer.start()
    try:
        yield producer
    finally:
        await producer.give_up()


async def _outbox_rows(database: str) -> AsyncIterator[list[Any]]:
    """In the order of their positions, some thousands at a time; the next ones are read while these are produced."""
    async with (
        await psycopg.AsyncConnection.connect(database) as connection,
        connection.cursor("rows", binary=True) as cursor,
    ):
        await cursor.execute(_ROWS)
        following = asyncio.create_task(cursor.fetchmany(RECORDS_A_ROUND))
        while rows := await following:
            following = asyncio.create_task(cursor.fetchmany(RECORDS_A_ROUND))
            yield rows


def _outgoing(row: Any, topic: str, source: str) -> Outgoing:
    event, subject, kind, payload, *rest = row
    return Outgoing(topic, subject.encode(), payload, headers_of(event, source, kind, subject, *rest))
