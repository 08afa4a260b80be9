"""Dates as people here write them, `27/11`, `27/11/2026`, `hôm qua 15h`, read into the form that programs use.

A browser's own date field shows the order of its own language; a text field shows ours. What cannot be read comes back as it
was typed: whoever reads the form then says at its field that it is no date. A date that programs wrote (2026-11-27) stays.
"""

import re
from datetime import date, datetime, timedelta
from typing import Final

from contracts.civil import civil_day

_DAY: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}))?")
_TIME: Final = re.compile(r"(\d{1,2})(?:h|:|g)(\d{2})?")
_WORDS: Final = {"hôm nay": 0, "hôm qua": 1, "hôm kia": 2, "today": 0, "yesterday": 1}


def read_day(typed: str, now: datetime) -> str:
    """Without its year a day is one of this year. In civil time."""
    day = _day(" ".join(typed.lower().split()), civil_day(now))
    return typed if day is None else day.isoformat()


def read_moment(typed: str, now: datetime) -> str:
    """A day and a time, in either order; the time is 00:00 where there is none."""
    moment = moment_of(typed, civil_day(now))
    return typed if moment is None else f"{moment:%Y-%m-%dT%H:%M}"


def moment_of(typed: str, today: date | None) -> datetime | None:
    """Without a zone, in civil time. Where `today` is not said, the year and the time must stand there."""
    words = [word for word in typed.lower().replace(",", " ").split() if word != "ngày"]
    time = next((match for word in words if (match := _TIME.fullmatch(word))), None)
    day = _day(" ".join(word for word in words if time is None or word != time[0]), today)
    if day is None or (time is None and today is None):
        return None
    hour, minute = (0, 0) if time is None else (int(time[1]), int(time[2] or 0))
    try:
        return datetime(day.year, day.month, day.day, hour, minute)  # noqa: DTZ001 -- without a zone, as it was typed
    except ValueError:
        return None


def _day(words: str, today: date | None) -> date | None:
    if words in _WORDS:
        return None if today is None else today - timedelta(days=_WORDS[words])
    match = _DAY.fullmatch(words)
    if match is None or (match[3] is None and today is None):
        return None
    try:
        return date(int(match[3] or (today.year if today else 0)), int(match[2]), int(match[1]))
    except ValueError:
        return None
