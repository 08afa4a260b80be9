"""Wakes relays and the parking lot when there is something for them, so that nobody polls in a hurry.

What this process commits rings at once (`doorbell`); for what others commit there is one LISTEN connection per process. A
notification can be lost with it. So the same connection also looks who has something to do, whenever it is made and every few
seconds; every second while there is something. That is two statements for the whole process, and its idle parts sleep.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final
from weakref import WeakSet

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import URL, make_url

from messaging.backoff import retry_forever
from messaging.outbox_floor import HORIZON_SQL, OutboxFloor

CHANNEL: Final = "outbox"
PARKING_LOT: Final = "parking-lot"
"""What is rung for, besides the lanes."""
POLL_SECONDS: Final = 1.0
IDLE_LOOK_SECONDS: Final = 5.0
LONGEST_SLEEP_SECONDS: Final = 30.0
"""Even unrung, relays and parking lot look at least this often, should the looking itself have failed them."""
KEEPALIVE: Final = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""A database server that has gone without a farewell is noticed within half a minute, whether it was asked something or not."""

# By indexes outbox_lane_position, parking_lot_ready, parking_lot_waits_for and parking_lot_early.
_LOOK = """
    SELECT served.lane, oldest.position
    FROM unnest(%(lanes)s::text[], %(floors)s::bigint[]) AS served (lane, floor), LATERAL (
        SELECT position FROM outbox WHERE lane = served.lane AND position > served.floor ORDER BY position LIMIT 1
    ) AS oldest
    UNION ALL SELECT %(room)s, 0 WHERE EXISTS (SELECT FROM parking_lot WHERE state = 'ready')
        OR EXISTS (SELECT FROM parking_lot WHERE state = 'waiting') OR EXISTS (SELECT FROM parking_lot WHERE state = 'early')
"""


class Bell:
    """`ring(name)` wakes whoever waits for that name; a ring while nobody waits is kept for the next. `floor`: below which
    positions this process need not look at the outbox, per lane. `awaits_state`: something parked may wait for a state.
    """

    def __init__(self) -> None:
        self._rings: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._served: set[str] = set()
        self._rung_here: set[str] = set()
        self._closing = False
        self.awaits_state = True
        self.floor = OutboxFloor()

    def ring(self, name: str, *, here: bool = False) -> None:
        """`here`: this process has committed something for it, and nobody else may know."""
        if here:
            self._rung_here.add(name)
        self._rings[name].set()

    def ring_all(self) -> None:
        """For everybody to see that the process stops, also who has not waited yet. From now on nobody waits."""
        self._closing = True
        for ring in self._rings.values():
            ring.set()

    def serves(self, name: str) -> bool:
        """Somebody waits for it in this process, or will when he has done what he is doing."""
        return name in self._served and not self._closing

    def rung_here(self, name: str) -> bool:
        """This process has rung for it since somebody last waited."""
        return name in self._rung_here

    async def wait(self, name: str, seconds: float = POLL_SECONDS) -> bool:
        """Until it is rung, or time is up; whether this process itself has rung."""
        ring = self._rings[name]
        self._served.add(name)
        if self._closing:
            return False
        try:
            await asyncio.wait_for(ring.wait(), seconds)
        except TimeoutError:
            return False
        ring.clear()
        here = name in self._rung_here
        self._rung_here.discard(name)
        return here


_bells: Final[dict[Any, WeakSet[Bell]]] = {}


def bells_of(url: str | URL) -> WeakSet[Bell]:
    """Those of this process that listen to that database, whoever connects to it and with which options."""
    return _bells.setdefault(database_address(url), WeakSet())


def database_address(url: str | URL) -> tuple[Any, ...]:
    """Which database it leads to."""
    parts = make_url(url)
    return parts.host or parts.query.get("host"), parts.port or parts.query.get("port"), parts.database


async def listen(url: str, bell: Bell, stopping: asyncio.Event, lanes: Sequence[str]) -> None:
    """Ring for every notification and for what is there to do, until stopped; a lost connection is made again."""
    address = make_conninfo(url.replace("postgresql+psycopg://", "postgresql://"), **KEEPALIVE)

    async def attend() -> None:
        async with await psycopg.AsyncConnection.connect(address, autocommit=True) as connection:
            connection.add_notify_handler(lambda notification: bell.ring(notification.payload))
            await connection.execute(f"LISTEN {CHANNEL}")
            (server,) = await _row(connection, "SELECT pg_postmaster_start_time()")
            bell.floor.at_server(server)
            while not stopping.is_set():
                names = await _look(connection, bell, lanes)
                for name in names:
                    bell.ring(name)
                await _ring_for_notifications(connection, bell, POLL_SECONDS if names else IDLE_LOOK_SECONDS)

    bells = bells_of(url)
    bells.add(bell)
    try:
        await retry_forever(attend, stopping, "listen")
    finally:
        bells.discard(bell)


async def _look(connection: psycopg.AsyncConnection, bell: Bell, lanes: Sequence[str]) -> list[str]:
    """Who has something to do."""
    bell.floor.note(*await _row(connection, HORIZON_SQL))
    sought = {"lanes": list(lanes), "floors": [bell.floor.below(lane) for lane in lanes], "room": PARKING_LOT}
    firsts: dict[str, int] = dict(await (await connection.execute(_LOOK, sought)).fetchall())
    for lane in lanes:
        bell.floor.rise(lane, firsts.get(lane))
    return list(firsts)


async def _row(connection: psycopg.AsyncConnection, sql: str) -> Any:
    row = await (await connection.execute(sql)).fetchone()
    assert row is not None  # noqa: S101 -- they answer with one row
    return row


async def _ring_for_notifications(connection: psycopg.AsyncConnection, bell: Bell, seconds: float) -> None:
    """Until `seconds` have passed. While nothing comes nothing runs: psycopg's own wait would wake ten times a second."""
    loop, socket, deadline = asyncio.get_running_loop(), connection.fileno(), time.monotonic() + seconds
    readable = asyncio.Event()
    while (left := deadline - time.monotonic()) > 0:
        _ring_for_received(connection, bell)
        readable.clear()
        loop.add_reader(socket, readable.set)
        try:
            await asyncio.wait_for(readable.wait(), left)
        except TimeoutError:
            return
        finally:
            loop.remove_reader(socket)


def _ring_for_received(connection: psycopg.AsyncConnection, bell: Bell) -> None:
    """What has come, also together with an earlier answer. Raises OperationalError when the server has gone."""
    connection.pgconn.consume_input()
    while (notification := connection.pgconn.notifies()) is not None:
        bell.ring(notification.extra.decode())
