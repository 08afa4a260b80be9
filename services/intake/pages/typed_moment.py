"""A moment as people type it at a counter, in civil time: `27/11/2026 15:30`, `15h30 27-11-2026`, or as a program
writes it.
"""

from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator

from contracts.values import CIVIL_TIME, Moment
from web.dates import moment_of


def read_moment(typed: str) -> datetime:
    """Raises ValueError with how it is written."""
    try:
        return _with_zone(moment_of(typed, None) or datetime.fromisoformat(typed.strip()))
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
