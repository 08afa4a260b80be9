"""One LISTEN connection per process: wakes relays and the parking lot at commit, so that nobody polls in a hurry.

A notification can be lost with its connection. So the same connection also looks who has something to do, whenever it is made and
every few seconds; every second while there is something. That is one statement for the whole process, and its idle parts sleep.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import psycopg
from psycopg.conninfo import make_conninfo

from messaging.backoff import retry_forever
from messaging.outbox import CHANNEL, PARKING_LOT

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
    SELECT lane FROM unnest(%(lanes)s::text[]) AS served (lane) WHERE EXISTS (SELECT FROM outbox o WHERE o.lane = served.lane)
    UNION ALL SELECT %(room)s WHERE EXISTS (SELECT FROM parking_lot WHERE state = 'ready')
        OR EXISTS (SELECT FROM parking_lot WHERE state = 'waiting') OR EXISTS (SELECT FROM parking_lot WHERE state = 'early')
"""


class Bell:
    """`ring(name)` wakes whoever waits for that name; a ring while nobody waits is kept for the next."""

    def __init__(self) -> None:
        self._rings: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._closing = False

    def ring(self, name: str) -> None:
        self._rings[name].set()

    def ring_all(self) -> None:
        """For everybody to see that the process stops, also who has not waited yet. From now on nobody waits."""
        self._closing = True
        for ring in self._rings.values():
            ring.set()

    async def wait(self, name: str, seconds: float = POLL_SECONDS) -> None:
        ring = self._rings[name]
        if self._closing:
            return
        try:
            await asyncio.wait_for(ring.wait(), seconds)
        except TimeoutError:
            return
        ring.clear()


async def listen(url: str, bell: Bell, stopping: asyncio.Event, lanes: Sequence[str]) -> None:
    """Ring for every notification and for what is there to do, until stopped; a lost connection is made again."""
    address = make_conninfo(url.replace("postgresql+psycopg://", "postgresql://"), **KEEPALIVE)
    sought = {"lanes": list(lanes), "room": PARKING_LOT}

    async def attend() -> None:
        async with await psycopg.AsyncConnection.connect(address, autocommit=True) as connection:
            connection.add_notify_handler(lambda notification: bell.ring(notification.payload))
            await connection.execute(f"LISTEN {CHANNEL}")
            while not stopping.is_set():
                names = [name for (name,) in await (await connection.execute(_LOOK, sought)).fetchall()]
                for name in names:
                    bell.ring(name)
                await _ring_for_notifications(connection, bell, POLL_SECONDS if names else IDLE_LOOK_SECONDS)

    await retry_forever(attend, stopping, "listen")


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
