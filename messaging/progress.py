"""Three answers about a process: does it live, can it serve, and do its consumers and relays make progress; and their metrics.

*Alive* tolerates every outage: false only for what a restart mends. *Ready* is the database alone: pages are served while Kafka
is away. *Consuming* is everything else. Metrics move by themselves, whoever asks for what.
"""

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from contracts.values import Lane
from messaging import consumer_health, metrics
from messaging.bell import Bell
from messaging.consumer import GroupConsumer
from messaging.outbox import COMMON
from messaging.relay import Relay

OUTBOX_AGE_SECONDS: Final = 60.0
DATABASE_SECONDS: Final = 10.0
MEASURE_SECONDS: Final = 10.0
YOUTH_SECONDS: Final = 900.0
"""A process that is younger does not end itself: what ends it at its start would take its pages away again and again."""

log = structlog.get_logger(__name__)
# By index outbox_lane_position: a long outbox is not read to know its oldest row.
_OUTBOX_AGE = text("""
    SELECT extract(epoch FROM now() - min(oldest.written_at))
    FROM unnest(CAST(:lanes AS text[]), CAST(:floors AS bigint[])) AS served (lane, floor), LATERAL (
        SELECT written_at FROM outbox WHERE lane = served.lane AND position > served.floor ORDER BY position LIMIT 1
    ) AS oldest
""")


@dataclass(frozen=True, slots=True)
class Finding:
    """`problems` is empty when all is well; each is a sentence for an operator. `warnings` are for one too, and stop nothing."""

    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        return not self.problems


@dataclass(kw_only=True)
class Progress:
    """`ended` names background parts that ended by themselves; `away` says why Kafka has not been reached since the start, `held`
    why nothing may be published.
    """

    database: AsyncEngine
    lanes: Sequence[Lane]
    bell: Bell
    stopping: asyncio.Event
    consumers: Callable[[], Sequence[GroupConsumer]]
    relays: Callable[[], Sequence[Relay]]
    ended: Callable[[], Sequence[str]]
    away: Callable[[], str]
    warnings: Callable[[], Sequence[str]] = tuple
    held: Callable[[], Sequence[str]] = tuple
    _age: float = 0.0
    _begun_at: float = field(default_factory=time.monotonic)

    def alive(self) -> Finding:
        lifeless = (problem for consumer in self.consumers() for problem in consumer_health.lifeless_problems(consumer))
        return Finding((*self._ended_problems(), *lifeless))

    async def ready(self) -> Finding:
        return Finding(await self._database_problems())

    async def consuming(self) -> Finding:
        consumers = self.consumers()
        away = [f"Kafka: {self.away()}"] if self.away() else []
        stuck = [problem for consumer in consumers for problem in consumer_health.problems(consumer)]
        outbox = await self._database_problems() or self._outbox_problems()
        held = [problem for relay in self.relays() for problem in relay.problems()]
        warnings = [warning for consumer in consumers for warning in consumer.continuity.breaks]
        return Finding((*self.held(), *self._ended_problems(), *away, *stuck, *held, *outbox), (*self.warnings(), *warnings))

    def _ended_problems(self) -> list[str]:
        return [f"a background part ended: {error}" for error in self.ended()]

    async def _database_problems(self) -> tuple[str, ...]:
        try:
            async with asyncio.timeout(DATABASE_SECONDS), self.database.connect() as connection:
                lanes = [*self.lanes, COMMON]
                floors = [self.bell.floor.below(lane) for lane in lanes]
                self._age = float(await connection.scalar(_OUTBOX_AGE, {"lanes": lanes, "floors": floors}) or 0)
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is the answer
            return (f"database: {type(error).__name__}",)
        metrics.OUTBOX_AGE.set(self._age)
        return ()

    def _outbox_problems(self) -> tuple[str, ...]:
        return (f"the oldest outbox row has waited {self._age:.0f} s",) if self._age > OUTBOX_AGE_SECONDS else ()

    async def run(self) -> None:
        """Measure, and end a process that only a restart can mend: the supervisor starts it anew."""
        while not self.stopping.is_set():
            await self._database_problems()
            for consumer in self.consumers():
                consumer_health.measure(consumer)
            if (problems := self.alive().problems) and time.monotonic() - self._begun_at > YOUTH_SECONDS:
                log.critical("this process makes no progress and ends, to be started anew", problems=problems)
                signal.raise_signal(signal.SIGTERM)
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), MEASURE_SECONDS)
