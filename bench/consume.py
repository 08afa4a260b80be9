"""Kafka to database: our engine behind its FastStream batch subscriber, against FastStream one message and one transaction at a
time. Both do the same to the same tables: position, folded row, one outbox row per event; both decode with the same class.

The peer is written as a careful user would: psycopg on one kept connection, row locks, manual acknowledgement after the commit.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.annotations import KafkaMessage
from sqlalchemy import BigInteger, Column, DateTime, MetaData, Table, Text, bindparam, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bench.events import MOVES, SEEN, DossierMovedV1, DossierSeenV1, moves
from bench.options import Options
from bench.outcome import Measured, Rate
from bench.servers import servers
from contracts.aggregate import Aggregate
from contracts.envelope import read_attributes
from messaging.broker import start_consumers, stop_consumers
from messaging.clock import system_clock
from messaging.connections import make_engine
from messaging.consumer import GroupConsumer
from messaging.engine import Engine
from messaging.handler_table import Context, Decision, Effect, Entry
from messaging.handler_table import Table as Consumers
from messaging.outbox import COMMON
from messaging.statements import Statement
from messaging.tables import add_messaging_tables
from messaging.topic_creation import create_topics
from messaging.work import BatchResult

FLOOR: Final = 30
DOSSIERS: Final = 6_000
STEPS: Final = 10
PEER_SECONDS: Final = 20.0
GIVE_UP_SECONDS: Final = 60.0

METADATA: Final = MetaData()
MESSAGING: Final = add_messaging_tables(METADATA)
DOSSIER: Final = Table(
    "dossier",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("steps", BigInteger, nullable=False),
    Column("officer", Text, nullable=False),
    Column("due", DateTime(timezone=True), nullable=False),
)


@dataclass(frozen=True, slots=True)
class Dossier(Aggregate):
    steps: int
    officer: str
    due: datetime


def move(state: Dossier | None, event: DossierMovedV1, _: Context | None) -> Decision[Dossier]:
    before = state or Dossier(event.dossier, None, 0, 0, event.officer, event.due)
    after = replace(before, steps=before.steps + 1, officer=event.officer, due=event.due)
    return Decision(after, (DossierSeenV1(dossier=after.id, steps=after.steps, due=after.due),))


class Dossiers:
    """Set-based, as the services' stores are."""

    _LOAD = Statement("SELECT id, version, steps, officer, due FROM dossier WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
    _SAVE = Statement("""
        INSERT INTO dossier (id, version, steps, officer, due)
        SELECT * FROM unnest(CAST(:ids AS text[]), CAST(:versions AS bigint[]), CAST(:steps AS bigint[]),
                             CAST(:officers AS text[]), CAST(:dues AS timestamptz[]))
        ON CONFLICT (id) DO UPDATE SET version = excluded.version, steps = excluded.steps,
                                       officer = excluded.officer, due = excluded.due
    """)

    async def load(self, connection: AsyncConnection, ids: Sequence[str]) -> dict[str, Dossier]:
        rows = await self._LOAD.rows(connection, {"ids": list(ids)})
        return {row.id: Dossier(row.id, None, row.version, row.steps, row.officer, row.due) for row in rows}

    async def save(self, connection: AsyncConnection, states: Sequence[Dossier]) -> None:
        columns = ("id", "version", "steps", "officer", "due")
        names = ("ids", "versions", "steps", "officers", "dues")
        await self._SAVE.send(
            connection, {name: [getattr(state, column) for state in states] for name, column in zip(names, columns, strict=True)}
        )


def run(options: Options) -> Measured:
    with servers(options.data) as running:
        return asyncio.run(_run(running.kafka, running.database("ours"), running.database("peer")))


async def _run(kafka: str, ours: str, peer: str) -> Measured:
    await create_topics(kafka, [MOVES, SEEN])
    await _produce(kafka)
    databases = [make_engine(url.replace("postgresql://", "postgresql+psycopg://")) for url in (ours, peer)]
    for database in databases:
        async with database.begin() as connection:
            await connection.run_sync(METADATA.create_all)
    our_rate = await _ours(kafka, databases[0])
    sound = await _is_sound(databases[0])
    peer_rate = await _peer(kafka, databases[1])
    for database in databases:
        await database.dispose()
    return Measured(name="consume", floor=FLOOR, ours=our_rate, peer=peer_rate, order_kept=sound)


async def _produce(kafka: str) -> None:
    async with AIOKafkaProducer(bootstrap_servers=kafka, acks="all", enable_idempotence=True) as producer:
        for attributes, moved in moves(DOSSIERS, STEPS):
            key = attributes.subject.encode()
            await producer.send(MOVES.base, moved.model_dump_json().encode(), key, headers=attributes.headers())
        await producer.flush()


async def _ours(kafka: str, database: AsyncEngine) -> Rate:
    """From the first batch taken up to the last one committed."""
    done, began, applied = asyncio.Event(), 0.0, 0

    async def note(_: AsyncConnection, __: Any) -> None:
        nonlocal began
        began = began or time.perf_counter()

    def committed(tally: BatchResult) -> None:
        nonlocal applied
        applied += tally.applied
        if applied >= DOSSIERS * STEPS:
            done.set()

    consumers = Consumers("bench", (MOVES,), (Entry(DossierMovedV1, move, Dossiers(), Effect.PROJECTION),), note)
    stopping = asyncio.Event()
    engine = Engine(database=database, table=consumers, clock=system_clock, after_commit=committed)
    groups = [
        GroupConsumer(group=group, topics=topics, engine=engine, stopping=stopping)
        for group, topics in consumers.groups(()).items()
    ]
    broker = await start_consumers(kafka, groups, 1000)
    async with asyncio.timeout(GIVE_UP_SECONDS):
        await done.wait()
    seconds = time.perf_counter() - began
    stopping.set()
    await stop_consumers(broker)
    return Rate("our batch consumer, up to 1,000 a transaction", applied, seconds)


async def _is_sound(database: AsyncEngine) -> bool:
    """Every event took effect once, and the events that it caused are numbered in order."""
    async with database.connect() as connection:
        rows = (await connection.execute(text("SELECT count(*), min(steps), max(steps), min(version) FROM dossier"))).one()
        disorder = await connection.scalar(
            text("""
                SELECT count(*) FROM (
                    SELECT sequence - lag(sequence, 1, 0::bigint) OVER (PARTITION BY aggregateid ORDER BY position) AS step
                    FROM outbox
                ) AS steps WHERE step <> 1
            """)
        )
    return tuple(rows) == (DOSSIERS, STEPS, STEPS, STEPS) and disorder == 0


async def _peer(kafka: str, database: AsyncEngine) -> Rate:
    broker = KafkaBroker(kafka, acks="all", enable_idempotence=True, logger=None)
    taken: list[float] = []
    async with database.connect() as connection:

        @broker.subscriber(
            MOVES.base, group_id="peer", auto_offset_reset="earliest", ack_policy=AckPolicy.MANUAL, decoder=_decoded
        )
        async def handle(moved: DossierMovedV1, message: KafkaMessage) -> None:
            await _apply(connection, message, moved)
            await message.ack()
            taken.append(time.perf_counter())

        await broker.start()
        await asyncio.sleep(PEER_SECONDS)
        await broker.stop()
    return Rate("FastStream, one message and one transaction at a time", len(taken) - 1, taken[-1] - taken[0])


async def _decoded(message: Any) -> DossierMovedV1:
    return DossierMovedV1.model_validate_json(message.body)


_POSITION = text("SELECT last FROM inbox WHERE source = :source AND subject = :subject FOR UPDATE")
_ROW = text("SELECT id, version, steps, officer, due FROM dossier WHERE id = :id FOR UPDATE")
_ADVANCE = text("""
    INSERT INTO inbox (source, subject, last) VALUES (:source, :subject, :last)
    ON CONFLICT (source, subject) DO UPDATE SET last = excluded.last
""")
_UPSERT = insert(DOSSIER).on_conflict_do_update(
    index_elements=["id"],
    set_={name: insert(DOSSIER).excluded[name] for name in ("version", "steps", "officer", "due")},
)
_WRITE_OUTBOX = MESSAGING.outbox.insert().values(lane=bindparam("lane"))


async def _apply(connection: AsyncConnection, message: KafkaMessage, moved: DossierMovedV1) -> None:
    """The same steps as a batch takes, for one message."""
    raw: Any = message.raw_message
    attributes = read_attributes(list(raw.headers))
    key = {"source": attributes.source, "subject": attributes.subject}
    async with connection.begin():
        if (await connection.scalar(_POSITION, key) or 0) >= attributes.sequence:
            return
        row = (await connection.execute(_ROW, {"id": attributes.subject})).first()
        state = None if row is None else Dossier(row.id, None, row.version, row.steps, row.officer, row.due)
        decision = move(state, moved, None)
        after, event = replace(decision.state, version=decision.state.version + 1), decision.events[0]
        values = {"version": after.version, "steps": after.steps, "officer": after.officer, "due": after.due}
        await connection.execute(_UPSERT, {"id": after.id, **values})
        outbox_row = {
            "id": f"{attributes.id}-seen",
            "aggregatetype": SEEN.base,
            "aggregateid": after.id,
            "type": event.TYPE,
            "payload": event.model_dump_json().encode(),
            "lane": COMMON,
            "sequence": after.version,
            "time": attributes.time,
            "correlation": attributes.correlation,
            "causation": attributes.id,
        }
        await connection.execute(_WRITE_OUTBOX, outbox_row)
        await connection.execute(_ADVANCE, key | {"last": attributes.sequence})
