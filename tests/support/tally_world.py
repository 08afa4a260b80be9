"""A database, topics and a producer for the tally service, and what a test asks of both ends: the rows and the output topic."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from contracts.envelope import Attributes, read_attributes
from contracts.registry import Event
from contracts.topics import Topic
from contracts.values import Lane
from messaging import outbox, verdicts
from messaging.clock import system_clock
from messaging.connections import make_engine
from messaging.consumer import GroupConsumer
from messaging.handler_table import Table
from messaging.kafka_access import Brokers, client_arguments
from messaging.runtime import Messaging
from messaging.topic_creation import create_topics
from messaging.verdicts import Word
from tests.support.eventually import eventually
from tests.support.made_tables import make_tables
from tests.support.servers import PostgresServer
from tests.support.tally_service import Amounts, Deposited, Gate, Named, Totalled, metadata, service

# A traceback with all locals, as is the default where rich is installed, takes seconds.
structlog.configure(processors=[structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)])


@dataclass
class TallyWorld:
    amounts: Amounts
    url: str
    kafka: Brokers
    database: AsyncEngine
    producer: AIOKafkaProducer
    gate: Gate = field(default_factory=Gate.open)

    # --- what the bank says ------------------------------------------------------------------------------

    async def deposit(self, account: str, sequence: int, amount: int = 1, lane: Lane | None = None, **more: Any) -> None:
        await self.send(account, sequence, Deposited(amount=amount, **more), lane=lane)

    async def name(self, account: str, version: int, name: str | None = "Tên") -> None:
        await self.send(account, version, name and Named(name=name), topic=self.amounts.names, kind=Named.TYPE)

    async def send(
        self,
        account: str,
        sequence: int,
        event: Event | str | None,
        *,
        topic: Topic | None = None,
        kind: str | None = None,
        lane: Lane | None = None,
    ) -> None:
        kind = kind or (event.TYPE if isinstance(event, Event) else Deposited.TYPE)
        headers = Attributes(
            id=str(uuid4()), source="bank", type=kind, subject=account, time=system_clock(), sequence=sequence
        ).headers()
        value = event.model_dump_json(exclude_none=True).encode() if isinstance(event, Event) else event and event.encode()
        await self.send_raw((topic or self.amounts.deposits).name(lane), account.encode(), value, headers)

    async def send_raw(self, topic: str, key: bytes, value: bytes | None, headers: Sequence[tuple[str, bytes]]) -> Any:
        return await self.producer.send(topic, value, key, headers=headers)

    async def good(self, accounts: Iterable[str], upto: int, start: int = 1) -> None:
        """Deposits of 1, in turn between the accounts."""
        for sequence in range(start, upto + 1):
            for account in accounts:
                await self.deposit(account, sequence)

    async def produce_anew(self, **more: Any) -> None:
        """With another producer: one that wrote to a topic that was deleted since numbers its records for that one."""
        await self.producer.stop()
        self.producer = await self.another_producer(**more)

    async def another_producer(self, **more: Any) -> AIOKafkaProducer:
        producer = make_producer(self.kafka, **more)
        await producer.start()
        return producer

    # --- what the tally has made of it -------------------------------------------------------------------

    async def rows(self, statement: str, **parameters: Any) -> list[Any]:
        async with self.database.connect() as connection:
            return list(await connection.execute(text(statement), parameters))

    async def execute(self, statement: str, **parameters: Any) -> None:
        async with self.database.begin() as connection:
            await connection.execute(text(statement), parameters)

    async def account(self, account: str) -> tuple[int, int] | None:
        """(total, number of deposits)"""
        rows = await self.rows("SELECT total, number FROM account WHERE id = :id", id=account)
        return (rows[0].total, rows[0].number) if rows else None

    async def has(self, totals: dict[str, tuple[int, int]]) -> None:
        """Until these accounts stand as given."""

        async def there() -> bool:
            rows = await self.rows("SELECT id, total, number FROM account WHERE id = ANY(:ids)", ids=list(totals))
            return {row.id: (row.total, row.number) for row in rows} == totals

        async def instead() -> Any:
            return await self.rows("SELECT id, total, number FROM account WHERE id = ANY(:ids)", ids=list(totals))

        try:
            await eventually(there)
        except AssertionError as missed:
            message = f"{await instead()} instead of {totals}; parked: {await self.parked(*totals)}"
            raise AssertionError(message) from missed

    async def parked(self, *accounts: str) -> list[tuple[str, int, str]]:
        """(account, sequence, state) of what waits."""
        rows = await self.rows(
            "SELECT subject, sequence, state FROM parking_lot WHERE subject = ANY(:ids) ORDER BY subject, sequence, id",
            ids=list(accounts),
        )
        return [(row.subject, row.sequence, row.state) for row in rows]

    async def comes_to_parking_lot(self, *expected: tuple[str, int, str]) -> None:
        accounts = sorted({account for account, _, _ in expected})

        async def there() -> bool:
            return await self.parked(*accounts) == list(expected)

        await eventually(there, describe=f"{expected} in the parking lot")

    async def dead(self, account: str) -> int:
        """The id of its dead letter."""
        rows = await self.rows("SELECT id FROM parking_lot WHERE subject = :id AND state = 'dead' ORDER BY id", id=account)
        return int(rows[0].id)

    async def retry(self, account: str) -> None:
        async with self.database.begin() as connection:
            await verdicts.retry(connection, [await self.dead(account)])

    async def skip(self, account: str) -> None:
        async with self.database.begin() as connection:
            letter = await self.dead(account)
            await verdicts.skip(connection, letter, Word(actor="s-1", why="thử", at=system_clock()))

    async def outbox_empty(self) -> None:
        async def empty() -> bool:
            return not await self.rows("SELECT 1 FROM outbox LIMIT 1")

        await eventually(empty, describe="an empty outbox")

    # --- what the world hears ----------------------------------------------------------------------------

    async def everything(self, topic: Topic) -> list[Any]:
        """All records of a topic up to now."""
        async with reader(self.kafka) as consumer:
            partitions = [TopicPartition(name, number) for name in topic.names() for number in range(topic.partitions)]
            ends = await consumer.end_offsets(partitions)
            consumer.assign(partitions)
            await consumer.seek_to_beginning(*partitions)
            records_so_far: list[Any] = []
            while any([await consumer.position(partition) < ends[partition] for partition in partitions]):
                for records in (await consumer.getmany(timeout_ms=1000)).values():
                    records_so_far += records
            return records_so_far

    async def ends(self, topic: Topic) -> dict[TopicPartition, int]:
        """The next offset of each partition."""
        async with reader(self.kafka) as consumer:
            partitions = [TopicPartition(name, number) for name in topic.names() for number in range(topic.partitions)]
            return dict(await consumer.end_offsets(partitions))

    async def published(self, *accounts: str) -> dict[str, list[tuple[int, int]]]:
        """What a reader that counts makes of the totals, per account: (number, total), each number once, in order."""
        await self.outbox_empty()
        taken: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for record in await self.everything(self.amounts.totals):
            attributes = read_attributes(list(record.headers))
            if attributes.subject in accounts and attributes.sequence > len(taken[attributes.subject]):
                assert attributes.sequence == len(taken[attributes.subject]) + 1, "an event before its predecessor"
                total = Totalled.model_validate_json(record.value)
                taken[attributes.subject].append((total.of, total.total))
        return dict(taken)

    async def was_applied_effectively_once(self, totals: dict[str, int]) -> None:
        """Both ends: the rows, and on the topic every number effectively once, in order. Deposits were of 1 each."""
        await self.has({account: (count, count) for account, count in totals.items()})
        published = await self.published(*totals)
        assert published == {account: [(n, n) for n in range(1, count + 1)] for account, count in totals.items()}

    # --- the tally itself --------------------------------------------------------------------------------

    @asynccontextmanager
    async def running(
        self, *, gate: Gate | None = None, database: AsyncEngine | None = None, table: Table | None = None, **more: Any
    ) -> AsyncIterator[Messaging]:
        table = table or service(self.amounts, gate or self.gate)
        messaging = Messaging(table=table, database=database or self.database, kafka=self.kafka, clock=system_clock, **more)
        await messaging.start()
        try:
            yield messaging
        finally:
            (gate or self.gate).opened.set()
            await messaging.stop()

    @asynccontextmanager
    async def ready(self, **more: Any) -> AsyncIterator[Messaging]:
        async with self.running(**more) as messaging:
            await is_ready(messaging)
            yield messaging


async def publish(world: TallyWorld, accounts: list[str], upto: int, start: int = 1) -> None:
    """Rows for the outbox, as a transaction of the tally would write them."""
    rows = [
        outbox.drafts(account, None, number - 1, [Totalled(total=number, of=number)], system_clock())[0]
        for number in range(start, upto + 1)
        for account in accounts
    ]
    async with world.database.begin() as connection:
        await outbox.write(connection, rows)


async def is_ready(messaging: Messaging) -> None:
    async def ready() -> bool:
        return (await messaging.consuming()).good

    try:
        await eventually(ready)
    except AssertionError as missed:
        raise AssertionError(str((await messaging.consuming()).problems)) from missed


@asynccontextmanager
async def reader(kafka: Brokers) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(**client_arguments(kafka), auto_offset_reset="earliest", enable_auto_commit=False)
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


@asynccontextmanager
async def tally_world(kafka: Brokers, postgres: PostgresServer, *, laned: bool = False) -> AsyncIterator[TallyWorld]:
    amounts = Amounts(laned=laned)
    service(amounts)
    url = await postgres.create_database("tally")
    database = make_engine(url, pool_size=12)
    await make_tables(database, metadata())
    await eventually(lambda: _made(kafka, amounts))
    world = TallyWorld(amounts, url, kafka, database, make_producer(kafka))
    await world.producer.start()
    try:
        yield world
    finally:
        await world.producer.stop()
        await database.dispose()


def make_producer(kafka: Brokers, **more: Any) -> AIOKafkaProducer:
    return AIOKafkaProducer(**client_arguments(kafka), acks="all", enable_idempotence=True, max_batch_size=500_000, **more)


async def _made(kafka: Brokers, amounts: Amounts) -> bool:
    await create_topics(kafka, amounts.topics)
    return True


def names(prefix: str, number: int) -> list[str]:
    """Accounts of one test."""
    run = uuid4().hex[:6]
    return [f"{prefix}-{run}-{index}" for index in range(number)]


def facts_of(messaging: Messaging) -> GroupConsumer:
    """Its consumer of facts; state has one of its own."""
    return next(consumer for consumer in messaging.consumers if consumer.group.endswith(".facts"))
