"""The injected clock. `MOTCUA_CLOCK` moves all processes of an installation to another day, for demo and tests."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]

_OFFSET = re.compile(r"^(?P<sign>[+-])(?P<amount>\d+)(?P<unit>[dhms])$")
_EXAMPLES = "ví dụ / for example: +3d, -90m, 2026-02-22T08:00:00+07:00"
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
        shift = _start(setting) - system_clock()
    return lambda: system_clock() + shift


def _start(setting: str) -> datetime:
    try:
        start = datetime.fromisoformat(setting)
    except ValueError as error:
        raise ValueError(f"MOTCUA_CLOCK={setting} không đọc được / cannot be read; {_EXAMPLES}") from error
    if start.tzinfo is None:
        raise ValueError(f"MOTCUA_CLOCK={setting} thiếu múi giờ / has no time zone; {_EXAMPLES}")
    return start
