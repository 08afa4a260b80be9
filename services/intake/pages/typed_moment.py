"""A moment as people type it at a counter, in civil time: `27/11/2026 15:30`, `15h30 27-11-2026`, or as a program
writes it.
"""

import re
from datetime import datetime
from typing import Annotated, Final

from pydantic import BeforeValidator

from contracts.values import CIVIL_TIME, Moment

_DAY: Final = r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})"
_TIME: Final = r"(?P<hour>\d{1,2})(?::|h|g)(?P<minute>\d{2})?"
_FORMS: Final = (re.compile(rf"{_DAY},?\s+{_TIME}"), re.compile(rf"{_TIME},?\s+(?:ngày\s+)?{_DAY}"))


def read_moment(typed: str) -> datetime:
    """Raises ValueError with how it is written."""
    text = typed.strip().casefold()
    try:
        moment = next(filter(None, (form.fullmatch(text) for form in _FORMS)), None)
        if moment is None:
            return _with_zone(datetime.fromisoformat(typed.strip()))
        return datetime(**{unit: int(value or 0) for unit, value in moment.groupdict().items()}, tzinfo=CIVIL_TIME)
    except ValueError as error:
        raise ValueError(
            "ngày giờ viết như 27/11/2026 15:30. Hãy xem lại / day and time are written like 27/11/2026 15:30. Check them"
        ) from error


def moment_or_none(typed: str) -> datetime | None:
    """None for what is no moment (yet), too."""
    try:
        return read_moment(typed) if typed else None
    except ValueError:
        return None


def _with_zone(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=CIVIL_TIME)


def _in_civil_time(typed: object) -> object:
    return read_moment(typed) if isinstance(typed, str) else typed


CivilMoment = Annotated[Moment, BeforeValidator(_in_civil_time)]
