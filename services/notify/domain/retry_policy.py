"""How long to wait before the next attempt, and when to stop: RFC 5321 (4.5.4.1) asks to go on for four to five days.

Waits and leases are counted on the database's clock: those of two hosts need not agree. The clock that people see may be moved
for a demo, and starts anew with each process: a wait on it could be skipped, or never end.
"""

from datetime import UTC, datetime, timedelta
from typing import Final
from zlib import crc32

AT_ONCE: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Due whatever a clock says."""
FIRST_WAIT: Final = timedelta(seconds=5)
LONGEST_WAIT: Final = timedelta(hours=4)
AWAY_WAIT: Final = timedelta(seconds=5)
"""The server was not there: that is nobody's deferral, and never ends in failure. Others go first meanwhile."""
MOST_DEFERRALS: Final = 36
"""With the waits above about four and a half days."""


def wait_after(deferrals: int, message: str) -> timedelta:
    """Doubling from 5 s to 4 h; stretched by up to a quarter, so that a crowd put off together does not come back as one."""
    doubled: timedelta = FIRST_WAIT * 2 ** min(deferrals - 1, 20)
    spread = 1 + (crc32(f"{message}/{deferrals}".encode()) % 256) / 1024
    return min(doubled, LONGEST_WAIT) * spread
