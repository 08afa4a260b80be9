"""Nothing is published by a database that has forgotten what was published by it.

Each writer of the outbox asks here first, and each relay. A database is compared with its service's own topics when the process
starts, and whenever a connection reaches another one (messaging.database_identity). While Kafka has what it does not know, or
has not answered yet about another database than the one compared last, whatever would be published is refused, and everything
else goes on: pages, sign-in, copies of states. `raised_numbers` brings such a database up to its topics.
"""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from weakref import WeakSet

import structlog
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from messaging import given_numbers, metrics, published_offsets
from messaging.backoff import Stopped, retry_forever
from messaging.bell import database_address
from messaging.database_identity import identity_of
from messaging.faults import loggable
from messaging.given_numbers import AggregateOfTopic
from messaging.kafka_access import Brokers
from messaging.publication import Publication
from messaging.publisher_comparison import Comparison, DatabaseChanged, compare

FIRST_SECONDS: Final = 2.0
AGAIN_SECONDS: Final = 5.0
"""How soon it is seen that an operator has raised the numbers."""
NOT_COMPARED: Final = "the database has not been compared yet with what its service has published: nothing is written until then"

log = structlog.get_logger(__name__)
_guards: Final[dict[Any, WeakSet["PublisherGuard"]]] = {}


class PublisherBehind(Exception):  # noqa: N818 -- an outage like any other, and no property of a value
    """What is to be published may bear a number that was given before. Nothing was written."""

    vi: Final = (
        "Tạm thời chưa ghi được gì: cơ sở dữ liệu đang được đối chiếu với những gì đã công bố, để không cấp trùng mã. "
        "Xin giữ hồ sơ và thử lại sau; nếu kéo dài, hãy báo người vận hành."
    )
    en: Final = (
        "Nothing can be written for the moment: the database is being compared with what was published, so that no code is given "
        "twice. Please keep the papers and try again later; if it lasts, tell the operator."
    )

    def __init__(self) -> None:
        super().__init__(self.en)


def behind_problem(where: str) -> str:
    """For an operator; `motcua up` knows it by its last words."""
    return f"the database does not know what was published: {where}; motcua publisher raise"


def require_compared(connection: AsyncConnection) -> None:
    """Raises PublisherBehind. Where no guard runs, as in a tool or a test of one part, nothing is asked."""
    guards = guards_of(connection)
    if guards and not any(guard.allows(connection) for guard in guards):
        raise PublisherBehind


def may_publish(connection: AsyncConnection) -> bool:
    try:
        require_compared(connection)
    except PublisherBehind:
        return False
    return True


def guards_of(connection: AsyncConnection) -> "WeakSet[PublisherGuard]":
    """Those of this process that look after this database; usually one."""
    return _guards_at(connection.engine.url)


def _guards_at(url: URL) -> "WeakSet[PublisherGuard]":
    return _guards.setdefault(database_address(url), WeakSet())


@dataclass(kw_only=True, eq=False)
class PublisherGuard:
    """Of one process and its database. `problem`: why nothing is published, for an operator; None when all is well. `given`: the
    numbers behind which aggregates go on that begin anew here.
    """

    database: AsyncEngine
    kafka: Brokers
    publication: Publication
    stopping: asyncio.Event
    problem: str | None = None
    given: Mapping[AggregateOfTopic, int] = field(default_factory=dict)
    _compared: str | None = None
    _asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def begin(self) -> None:
        """From now on it is asked. A service that publishes nothing needs none. After a mere restart of the process it lets go
        at once, also while Kafka is away; what a database that does not answer would say is learnt later.
        """
        if not self.publication.numbered:
            return
        self.problem = NOT_COMPARED
        _guards_at(self.database.url).add(self)
        try:
            async with asyncio.timeout(FIRST_SECONDS):
                await self._go_on()
        except Exception as error:  # noqa: BLE001 -- `run` asks again
            log.info("not known yet which database was compared last", error=loggable(error))

    def end(self) -> None:
        _guards_at(self.database.url).discard(self)

    def allows(self, connection: AsyncConnection) -> bool:
        if identity_of(connection) == self._compared:
            return True
        self.problem = self.problem or NOT_COMPARED
        self._asked.set()
        return False

    async def run(self) -> None:
        """Until it is cut off."""
        if not self.publication.numbered:
            return
        with contextlib.suppress(Stopped):
            await retry_forever(self._go_on, self.stopping, "which database was compared last")
            while not self.stopping.is_set():
                self._asked.clear()
                await retry_forever(self.look, self.stopping, "what Kafka has of our own")
                await self._rest()

    async def _go_on(self) -> None:
        async with self.database.connect() as connection:
            if await published_offsets.compared_identity(connection) == identity_of(connection):
                self.given = await given_numbers.load(connection)
                self._compared, self.problem = identity_of(connection), None

    async def look(self) -> None:
        """Compare, and hold or let go. Raises KafkaError, DatabaseChanged, and what the database raises."""
        comparison = await compare(self.kafka, self.database, self.publication)
        if comparison.unknown is not None:
            self._hold(comparison)
            return
        async with self.database.begin() as connection:
            if identity_of(connection) != comparison.identity:
                raise DatabaseChanged
            await published_offsets.begin(connection, comparison.fresh)
            await published_offsets.keep_compared(connection, comparison.identity)
            self.given = await given_numbers.load(connection)
        self._compared, self.problem = comparison.identity, None
        metrics.PUBLISHER_BEHIND.set(0)

    def _hold(self, comparison: Comparison) -> None:
        assert comparison.unknown is not None  # noqa: S101 -- narrows
        record = comparison.unknown.record
        where = f"{record.topic}/{record.partition} at {record.offset}"
        problem = behind_problem(where)
        if problem != self.problem:
            log.error("the database is behind what was published; nothing is written", where=where)
        self._compared, self.problem = None, problem
        metrics.PUBLISHER_BEHIND.set(1)

    async def _rest(self) -> None:
        """Until a connection reaches another database; while we are behind, for a moment. Not at all when told to stop meanwhile:
        a client that was starting may have taken the cancellation for its own.
        """
        if self.stopping.is_set():
            return
        with contextlib.suppress(TimeoutError):
            if self._compared is None:
                await asyncio.wait_for(self.stopping.wait(), AGAIN_SECONDS)
            else:
                await self._asked.wait()
