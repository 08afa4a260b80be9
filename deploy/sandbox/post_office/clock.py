"""The post's own clock. It is another organisation, but `MOTCUA_CLOCK` moves the whole sandbox to another day, and it too."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]

_OFFSET = re.compile(r"([+-]\d+)([dhms])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


def clock_from(setting: str) -> Clock:
    """An ISO instant (the clock starts there and ticks), an offset such as `+3d`, or nothing: the system's. Else ValueError."""
    shift = timedelta()
    if match := _OFFSET.fullmatch(setting):
        shift = timedelta(**{_UNITS[match[2]]: int(match[1])})
    elif setting:
        shift = datetime.fromisoformat(setting) - datetime.now(UTC)
    return lambda: datetime.now(UTC) + shift
