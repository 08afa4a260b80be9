"""Outbox to Kafka: our relay against the library faststream-outbox and against a floor, the same events with the same keys.

The peer runs as its documentation shows: one subscriber with its defaults (1 worker, 10 rows a fetch) on asyncpg, a stacked
Kafka publisher. Its producer has what a careful user sets: acks from all replicas, idempotence. It keeps no order per key.

The floor reads the same rows out and produces them in order: no lock, no transaction, nothing deleted. It goes first in each
round, because the relay leaves no rows behind; of the rounds the median counts.
"""

import asyncio
import time
from collections import defaultdict
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from sqlalchemy import MetaData, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bench.bare import read_out_and_produce
from bench.events import BARE, MOVES, SEEN, moves
from bench.options import Options
from bench.outcome import Bare, Measured, Rate, median_rate
from bench.servers import servers
from contracts.envelope import read_attributes
from contracts.topics import Topic
from messaging import outbox
from messaging.bell import Bell
from messaging.connections import make_engine
from messaging.outbox import COMMON, Draft
from messaging.relay import Relay
from messaging.tables import add_messaging_tables
from messaging.topic_creation import create_topics

FLOOR: Final = 40
LEAST_SHARE: Final = 0.5
SOURCE: Final = "events"
DOSSIERS: Final = 6_000
STEPS: Final = 10
PEER_DOSSIERS: Final = 1_000
PEER_SECONDS: Final = 20.0
LOOK_SECONDS: Final = 0.02


def run(options: Options) -> Measured:
    with servers(options.data) as running:
        return asyncio.run(_run(running.kafka, running.database("ours"), running.database("peer"), options.rounds))


async def _run(kafka: str, ours: str, peer: str, number: int) -> Measured:
    await create_topics(kafka, [MOVES, SEEN, BARE])
    database = make_engine(ours.replace("postgresql://", "postgresql+psycopg://"))
    await _make_tables(database)
    rounds = []
    for first in range(0, number * DOSSIERS, DOSSIERS):
        await _fill(database, first)
        rounds.append((await _bare(kafka, ours), await _ours(kafka, database)))
    await database.dispose()
    bare, our_rate = (median_rate(rates) for rates in zip(*rounds, strict=True))
    order_kept = all([await _in_order(kafka, topic, number * DOSSIERS) for topic in (MOVES, BARE)])
    return Measured(
        name="relay",
        floor=FLOOR,
        ours=our_rate,
        peer=await _peer(kafka, peer),
        order_kept=order_kept,
        bare=Bare(rate=bare, least_share=LEAST_SHARE),
    )


async def _bare(kafka: str, url: str) -> Rate:
    began = time.perf_counter()
    count = await read_out_and_produce(url, kafka, BARE.base, SOURCE)
    return Rate("rows read and produced, nothing else", count, time.perf_counter() - began)


async def _ours(kafka: str, database: AsyncEngine) -> Rate:
    stopping = asyncio.Event()
    relay = Relay(database=database, kafka=kafka, service=SOURCE, lane=COMMON, bell=Bell(), stopping=stopping)
    began = time.perf_counter()
    running = asyncio.create_task(relay.run())
    async with database.connect() as connection:
        while await connection.scalar(text("SELECT EXISTS (SELECT FROM outbox)")):
            await connection.rollback()
            await asyncio.sleep(LOOK_SECONDS)
    seconds = time.perf_counter() - began
    stopping.set()
    relay.bell.ring(COMMON)
    await running
    return Rate("our relay, 1,000 rows a round", DOSSIERS * STEPS, seconds)


async def _make_tables(database: AsyncEngine) -> None:
    metadata = MetaData()
    add_messaging_tables(metadata)
    async with database.begin() as connection:
        await connection.run_sync(metadata.create_all)


async def _fill(database: AsyncEngine, first: int) -> None:
    rows = [
        Draft(
            topic=MOVES,
            type=a.type,
            subject=a.subject,
            sequence=a.sequence,
            lane=None,
            payload=moved.model_dump_json().encode(),
            time=a.time,
            correlation=a.correlation,
            causation=a.id,
        )
        for a, moved in moves(DOSSIERS, STEPS, first)
    ]
    async with database.begin() as connection:
        await outbox.write(connection, rows)


async def _in_order(kafka: str, topic: Topic, dossiers: int) -> bool:
    """Of every dossier 1, 2, 3 ..., as Kafka has them."""
    partitions = [TopicPartition(topic.base, number) for number in range(topic.partitions)]
    last: defaultdict[str, int] = defaultdict(int)
    async with AIOKafkaConsumer(
        bootstrap_servers=kafka, auto_offset_reset="earliest", enable_auto_commit=False, isolation_level="read_committed"
    ) as consumer:
        consumer.assign(partitions)
        left = sum((await consumer.end_offsets(partitions)).values())
        while left:
            for records in (await consumer.getmany(timeout_ms=1000)).values():
                left -= len(records)
                for record in records:
                    attributes = read_attributes(list(record.headers))
                    if attributes.sequence != last[attributes.subject] + 1:
                        return False
                    last[attributes.subject] += 1
    return len(last) == dossiers and set(last.values()) == {STEPS}


async def _peer(kafka: str, url: str) -> Rate:
    from faststream.kafka import KafkaBroker, KafkaResponse
    from faststream_outbox import OutboxBroker, make_outbox_table
    from faststream_outbox.annotations import OutboxMessage

    metadata = MetaData()
    table = make_outbox_table(metadata, table_name="outbox")
    database = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
    rows = OutboxBroker(database, outbox_table=table, logger=None)
    target = KafkaBroker(kafka, acks="all", enable_idempotence=True, logger=None)
    taken: list[float] = []

    @target.publisher(SEEN.base)
    @rows.subscriber("moves")
    async def relay(body: dict[str, Any], message: OutboxMessage) -> KafkaResponse:
        taken.append(time.perf_counter())
        headers = {name: value for name, value in message.headers.items() if name.startswith("ce_")}
        return KafkaResponse(body, key=body["dossier"].encode(), headers=headers)

    async with database.begin() as connection:
        await connection.run_sync(metadata.create_all)
        for attributes, moved in moves(PEER_DOSSIERS, STEPS):
            headers = {name: value.decode() for name, value in attributes.headers()}
            await rows.publish(moved.model_dump(mode="json"), queue="moves", session=connection, headers=headers)
    await target.start()
    await rows.start()
    await asyncio.sleep(PEER_SECONDS)
    await rows.stop()
    await target.stop()
    await database.dispose()
    count, seconds = len(taken) - 1, taken[-1] - taken[0]
    return Rate("faststream-outbox, 1 worker, its defaults", count, seconds)
