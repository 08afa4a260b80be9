"""Wakes, when a transaction is committed, who waits for what it wrote.

Those of this process hear it at once. Others are notified by PostgreSQL, but never by the transaction itself: a commit that
notifies takes one lock for the whole cluster, so that all of them would queue (docs/decisions/0022). What was rung for meanwhile
goes with the next notification.
"""

import asyncio
from collections.abc import Collection, Iterable
from typing import Any, Final
from weakref import WeakSet

import structlog
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from messaging.bell import CHANNEL, bells_of
from messaging.faults import loggable
from messaging.statements import Statement

PAUSE_SECONDS: Final = 0.01
"""Between two notifications of one doorbell: at most a hundred a second, however many commits."""

log = structlog.get_logger(__name__)
_NOTIFY = Statement("SELECT pg_notify(:channel, name) FROM unnest(CAST(:names AS text[])) AS woken (name)")
_RINGS: Final = "rings"
_doorbells: Final[WeakSet["Doorbell"]] = WeakSet()


async def ring_after_commit(connection: AsyncConnection, names: Collection[str]) -> None:
    """Once the connection is back in its pool. Who waits for a name in this process is enough; nobody here, and the others are
    notified. After a rollback somebody wakes in vain.

    Where nobody listens, as in a tool that ends when it has written, the transaction itself notifies.
    """
    if not bells_of(connection.engine.url):
        await _NOTIFY.send(connection, {"channel": CHANNEL, "names": sorted(set(names))})
        return
    sync = connection.sync_connection
    assert sync is not None  # noqa: S101 -- a connection that was opened
    sync.info.setdefault(_RINGS, set()).update(names)


async def send_all(database: AsyncEngine) -> None:
    """Until what was rung for is sent: before a process ends, and its connections with it."""
    sending = [doorbell.sending for doorbell in _doorbells if doorbell.bells is bells_of(database.url)]
    await asyncio.gather(*(task for task in sending if task is not None))


class Doorbell:
    """One for each pool of connections, and for each relay."""

    def __init__(self, database: AsyncEngine) -> None:
        self._database = database
        self.bells = bells_of(database.url)
        self._names: set[str] = set()
        self.sending: asyncio.Task[None] | None = None
        _doorbells.add(self)

    def attach(self) -> None:
        """Ring for what `ring_after_commit` was told, from now on."""
        event.listen(self._database.sync_engine, "checkin", self._on_checkin)

    def _on_checkin(self, _: Any, record: Any) -> None:
        names = record.info.pop(_RINGS, None)
        if names:
            self._ring(names)

    def _ring(self, names: Iterable[str]) -> None:
        unheard = []
        for name in names:
            served = [bell for bell in self.bells if bell.serves(name)]
            for bell in served:
                bell.ring(name, here=True)
            if not served:
                unheard.append(name)
        if unheard:
            self.notify(unheard)

    def notify(self, names: Iterable[str]) -> None:
        """Wake those of all processes. Who loses it, with its connection, finds what there is at its next look."""
        self._names.update(names)
        if self.sending is None:
            self.sending = asyncio.get_running_loop().create_task(self._send())

    async def _send(self) -> None:
        try:
            while self._names:
                names, self._names = sorted(self._names), set()
                async with self._database.begin() as connection:
                    await _NOTIFY.send(connection, {"channel": CHANNEL, "names": names})
                await asyncio.sleep(PAUSE_SECONDS)
        except Exception as error:  # noqa: BLE001 -- they look by themselves within seconds
            log.warning("other processes could not be notified", error=loggable(error))
        finally:
            self.sending = None
