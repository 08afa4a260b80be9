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
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from contracts.topics import DEAD_LETTERS, TOPICS, Topic
from contracts.values import Lane
from messaging import metrics
from messaging.answer_purge import AnswerPurge
from messaging.backoff import Stopped, retry_forever
from messaging.bell import Bell, listen
from messaging.clock import Clock
from messaging.consumer import END_SECONDS, GroupConsumer, start_consumers, stop_consumers
from messaging.dead_letter_limit import DeadLetterLimit
from messaging.drain import Drain
from messaging.engine import Engine, OnBegin
from messaging.handler_table import Table
from messaging.outbox import COMMON
from messaging.relay import Relay
from messaging.topic_creation import create_topics

OUTBOX_AGE_SECONDS: Final = 60.0

log = structlog.get_logger(__name__)
# By index outbox_lane_position: a long outbox is not read to know its oldest row.
_OUTBOX_AGE = text("""
    SELECT extract(epoch FROM now() - min(oldest.written_at)) FROM unnest(CAST(:lanes AS text[])) AS served (lane),
    LATERAL (SELECT written_at FROM outbox WHERE lane = served.lane ORDER BY position LIMIT 1) AS oldest
""")


@dataclass(frozen=True, slots=True)
class Readiness:
    """`problems` is empty when the process is ready; each is a sentence for an operator."""

    problems: tuple[str, ...]

    @property
    def ready(self) -> bool:
        return not self.problems


@dataclass(kw_only=True)
class Messaging:
    """`start` returns at once; `stop` waits for the batch in hand."""

    table: Table
    database: AsyncEngine
    kafka: str
    clock: Clock
    lanes: Sequence[Lane] = tuple(Lane)
    batch_records: int = 1000
    replication: int = 1
    background: Sequence[Callable[[asyncio.Event, Bell], Awaitable[None]]] = ()
    on_begin: OnBegin | None = None
    make_limit: Callable[[], DeadLetterLimit] = DeadLetterLimit
    bell: Bell = field(default_factory=Bell)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    consumers: list[GroupConsumer] = field(default_factory=list)
    _broker: KafkaBroker | None = None
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _away: str = "not connected yet"

    async def start(self) -> None:
        engine = Engine(database=self.database, table=self.table, clock=self.clock, on_begin=self.on_begin)
        url = self.database.url.render_as_string(hide_password=False)
        lanes = (*self.lanes, COMMON)
        self._run(listen(url, self.bell, self.stopping, lanes))
        for lane in lanes:
            self._run(
                Relay(
                    database=self.database,
                    kafka=self.kafka,
                    service=self.table.service,
                    lane=lane,
                    bell=self.bell,
                    stopping=self.stopping,
                ).run()
            )
        self._run(AnswerPurge(database=self.database, clock=self.clock, stopping=self.stopping).run())
        if self.table.reads:
            self._run(Drain(engine, self.bell, self.stopping).run())
        for work in self.background:
            self._run(work(self.stopping, self.bell))
        self._run(self._connect(engine))

    def _run(self, work: Awaitable[None]) -> None:
        async def guarded() -> None:
            with contextlib.suppress(Stopped):
                await work

        task = asyncio.create_task(guarded())
        task.add_done_callback(self._ended)
        self._tasks.append(task)

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
        await create_topics(self.kafka, [*owned, *self.table.reads], self.replication)

    async def _subscribe(self, engine: Engine) -> None:
        consumers = [
            GroupConsumer(
                group=group, topics=topics, engine=engine.limited(self.make_limit()), stopping=self.stopping, bell=self.bell
            )
            for group, topics in self.table.groups(self.lanes).items()
        ]
        self._broker = await start_consumers(self.kafka, consumers, self.batch_records)
        self.consumers = consumers

    async def stop(self) -> None:
        """Nothing of it runs on afterwards. A part that does not end by itself in time is cut off: its work is done again."""
        self.stopping.set()
        self.bell.ring_all()
        listener, *parts, connecting = self._tasks
        await _cut_off(listener, connecting)
        if self._broker is not None:
            await stop_consumers(self._broker)
        if parts:
            await asyncio.wait(parts, timeout=END_SECONDS)
        await _cut_off(*parts)

    async def readiness(self) -> Readiness:
        """Ready means making progress: database and group there, no batch stuck, Kafka answering, no old row in the outbox."""
        problems = [f"a background part ended: {task.exception()!r}" for task in self._tasks if _failed(task)]
        if self._away:
            problems.append(f"Kafka: {self._away}")
        for consumer in self.consumers:
            problems += consumer.problems()
        problems += await self._database_problems()
        return Readiness(tuple(problems))

    async def _database_problems(self) -> list[str]:
        try:
            async with asyncio.timeout(END_SECONDS), self.database.connect() as connection:
                age = float(await connection.scalar(_OUTBOX_AGE, {"lanes": [*self.lanes, COMMON]}) or 0)
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is the answer
            return [f"database: {type(error).__name__}"]
        metrics.OUTBOX_AGE.set(age)
        return [f"the oldest outbox row has waited {age:.0f} s"] if age > OUTBOX_AGE_SECONDS else []


async def _cut_off(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _failed(task: asyncio.Task[None]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is not None
