"""Everything of messaging that runs in one service process: consumers per lane, relays per lane, the parking lot.

It starts in the background and never gives up: a service serves its pages while Kafka is away, and its outbox keeps the rest.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import structlog
from faststream.kafka import KafkaBroker
from sqlalchemy.ext.asyncio import AsyncEngine

from contracts.topics import DEAD_LETTERS, LANE_PARTITIONS, TOPICS, Topic
from contracts.values import Lane
from messaging.answer_purge import AnswerPurge
from messaging.backoff import Stopped, retry_forever
from messaging.bell import Bell, listen
from messaging.broker import END_SECONDS, start_consumers, stop_consumers
from messaging.clock import Clock
from messaging.consumer import GroupConsumer
from messaging.dead_letter_limit import DeadLetterLimit
from messaging.doorbell import send_all
from messaging.drain import Drain
from messaging.engine import Engine, OnBegin
from messaging.handler_table import Table
from messaging.kafka_access import Brokers
from messaging.membership import SESSION_SECONDS, Membership
from messaging.outbox import COMMON
from messaging.progress import Finding, Progress
from messaging.publisher_guard import PublisherGuard
from messaging.relay import Relay
from messaging.sent_rows import SentPurge
from messaging.topic_creation import create_topics
from messaging.topic_growth import with_lane_partitions

SENT_DAYS: Final = 3

log = structlog.get_logger(__name__)


@dataclass(kw_only=True)
class Messaging:
    """`start` returns at once; `stop` waits for the batch in hand. `member` is its name in its consumer groups: with one, it is
    known again after a crash, and the others go on undisturbed. No two processes of a service may have the same.
    """

    table: Table
    database: AsyncEngine
    kafka: Brokers
    clock: Clock
    lanes: Sequence[Lane] = tuple(Lane)
    batch_records: int = 1000
    replication: int | None = None
    lane_partitions: int = LANE_PARTITIONS
    client_id: str = "motcua"
    member: str | None = None
    session_seconds: float = SESSION_SECONDS
    sent_days: int = SENT_DAYS
    background: Sequence[Callable[[asyncio.Event, Bell], Awaitable[None]]] = ()
    on_begin: OnBegin | None = None
    make_limit: Callable[[], DeadLetterLimit] = DeadLetterLimit
    bell: Bell = field(default_factory=Bell)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    consumers: list[GroupConsumer] = field(default_factory=list)
    relays: list[Relay] = field(default_factory=list)
    _broker: KafkaBroker | None = None
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _cut_off_first: list[asyncio.Task[None]] = field(default_factory=list)
    _away: str = "not connected yet"
    _differing: list[str] = field(default_factory=list)
    _progress: Progress = field(init=False)
    _guard: PublisherGuard = field(init=False)

    def __post_init__(self) -> None:
        self._guard = PublisherGuard(
            database=self.database, kafka=self.kafka, publication=self.table.publishes, stopping=self.stopping
        )
        self._progress = Progress(
            database=self.database,
            lanes=self.lanes,
            bell=self.bell,
            stopping=self.stopping,
            consumers=lambda: self.consumers,
            relays=lambda: self.relays,
            ended=lambda: [repr(task.exception()) for task in self._tasks if _failed(task)],
            away=lambda: self._away,
            warnings=lambda: self._differing,
            held=lambda: [self._guard.problem] if self._guard.problem else [],
        )

    async def guard(self) -> None:
        """From now on nothing is published that may have been published before. For who writes sooner than `start`."""
        if not self._cut_off_first:
            await self._guard.begin()
            self._cut_off_first.append(self._run(self._guard.run))

    async def start(self) -> None:
        await self.guard()
        engine = Engine(database=self.database, table=self.table, clock=self.clock, on_begin=self.on_begin)
        self._run(self._progress.run)
        url = self.database.url.render_as_string(hide_password=False)
        lanes = (*self.lanes, COMMON)
        self._cut_off_first += [
            self._run(partial(listen, url, self.bell, self.stopping, lanes)),
            self._run(partial(self._connect, engine)),
        ]
        self.relays = [
            Relay(
                database=self.database,
                kafka=self.kafka,
                service=self.table.service,
                lane=lane,
                bell=self.bell,
                stopping=self.stopping,
                keep=self.sent_days > 0,
            )
            for lane in lanes
        ]
        for relay in self.relays:
            self._run(relay.run)
        self._run(AnswerPurge(database=self.database, clock=self.clock, stopping=self.stopping).run)
        self._run(SentPurge(database=self.database, days=self.sent_days, stopping=self.stopping).run)
        if self.table.reads:
            self._run(Drain(engine, self.bell, self.stopping).run)
        for work in self.background:
            self._run(partial(work, self.stopping, self.bell))

    def _run(self, work: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
        async def guarded() -> None:
            with contextlib.suppress(Stopped):
                await work()

        task = asyncio.create_task(guarded())
        task.add_done_callback(self._ended)
        self._tasks.append(task)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A part that ends by itself makes the process useless: say so, readiness then fails and a person or supervisor acts."""
        if not self.stopping.is_set() and not task.cancelled() and task.exception() is not None:
            log.critical("a background part ended", exc_info=task.exception())

    async def _connect(self, engine: Engine) -> None:
        await retry_forever(self._make_topics, self.stopping, "topics", self._note_absence)
        await retry_forever(partial(self._subscribe, engine), self.stopping, "broker", self._note_absence)
        self._away = ""

    def _note_absence(self, error: BaseException) -> None:
        self._away = f"{type(error).__name__}: {error}"

    async def _make_topics(self) -> None:
        owned: list[Topic] = [topic for topic in (*TOPICS, *DEAD_LETTERS) if topic.owner == self.table.service]
        topics = with_lane_partitions([*owned, *self.table.reads], self.lane_partitions)
        self._differing = await create_topics(self.kafka, topics, self.replication)
        for warning in self._differing:
            log.warning("a topic is not as declared", topic=warning)

    async def _subscribe(self, engine: Engine) -> None:
        consumers = [
            GroupConsumer(
                group=group, topics=topics, engine=engine.limited(self.make_limit()), stopping=self.stopping, bell=self.bell
            )
            for group, topics in self.table.groups(self.lanes).items()
        ]
        membership = Membership(self.client_id, self.member, self.session_seconds)
        self._broker = await start_consumers(self.kafka, consumers, self.batch_records, membership)
        self.consumers = consumers
        for consumer in consumers:
            self._run(consumer.watch)

    async def stop(self) -> None:
        """Nothing of it runs on afterwards. A part that does not end by itself in time is cut off: its work is done again."""
        self.stopping.set()
        self.bell.ring_all()
        await _cut_off(*self._cut_off_first)
        if self._broker is not None:
            await stop_consumers(self._broker)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=END_SECONDS)
        await _cut_off(*self._tasks)
        self._guard.end()
        await send_all(self.database)

    def alive(self) -> Finding:
        return self._progress.alive()

    async def readiness(self) -> Finding:
        """Whether it can serve: its database answers."""
        return await self._progress.ready()

    async def consuming(self) -> Finding:
        """Whether it makes progress: in its groups, no batch stuck, Kafka answering, no old row in the outbox."""
        return await self._progress.consuming()


async def _cut_off(*tasks: asyncio.Task[None]) -> None:
    """One that takes no notice must not hold up the end of a process."""
    for task in tasks:
        task.cancel()
    if tasks:
        ended, left = await asyncio.wait(tasks, timeout=END_SECONDS)
        await asyncio.gather(*ended, return_exceptions=True)
        for task in left:
            log.error("a part does not end", part=repr(task.get_coro()))


def _failed(task: asyncio.Task[None]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is not None
