"""When something happened that another system reports: its own moment where that can be, otherwise ours, its own beside it.

The post's clock is not ours, and neither is its typing. A moment that lies in the future, or before what it follows, is recorded
as arrived: nobody is shown as a fact what cannot have been.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from contracts.values import CIVIL_TIME

# Clocks of two machines are never quite equal.
CLOCKS_APART: Final = timedelta(minutes=1)
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=CIVIL_TIME)
"""No dossier is older; a moment before it is a clock that was never set."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """`at` is what counts. `stated_at`: what the sender stated, only where that cannot be."""

    at: datetime
    stated_at: datetime | None = None


def arrival(stated: datetime, now: datetime, *, not_before: datetime | None = None) -> Arrival:
    """`not_before`: when that happened which it follows, by our records."""
    earliest = min(not_before or EARLIEST, now)
    if not earliest - CLOCKS_APART <= stated <= now + CLOCKS_APART:
        return Arrival(now, stated)
    return Arrival(min(max(stated, earliest), now))
