"""The injected clock. `MOTCUA_CLOCK` moves all processes of an installation to another day, for demo and tests."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]

_OFFSET = re.compile(r"^(?P<sign>[+-])(?P<amount>\d+)(?P<unit>[dhms])$")
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


def system_clock() -> datetime:
    return datetime.now(UTC)


def clock_from(setting: str) -> Clock:
    """An ISO instant (the clock starts there and ticks), an offset such as `+3d` or `-90m`, or nothing: the system's.

    Raises ValueError for anything else.
    """
    if not setting:
        return system_clock
    if match := _OFFSET.fullmatch(setting):
        shift = timedelta(**{_UNITS[match["unit"]]: int(match["sign"] + match["amount"])})
    else:
        start = datetime.fromisoformat(setting)
        if start.tzinfo is None:
            raise ValueError("MOTCUA_CLOCK cần múi giờ, ví dụ 2026-02-22T08:00:00+07:00 / needs a time zone")
        shift = start - system_clock()
    return lambda: system_clock() + shift
