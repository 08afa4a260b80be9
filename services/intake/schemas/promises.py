"""What a changed calendar would do to open promises: counts by unit and day, and nothing about a dossier."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool

from contracts.directory import CalendarV1, ReceptionRulesV1
from contracts.given import GivenText
from contracts.intake import UnitRef
from contracts.values import Count


class ChangedRules(ReceptionRulesV1):
    late_moves_start: StrictBool = False
    from_arrival: StrictBool = True
    forwarding_days: Annotated[int, Field(strict=True, ge=0, le=30)] = 0
    cutoff_basis: GivenText | None = None
    out_of_area_basis: GivenText | None = None


def _written(day: object) -> object:
    """A number is no day, though pydantic would count seconds with it."""
    if not isinstance(day, str | date):
        raise ValueError("Hãy ghi ngày như 2026-11-27 / Write the day as 2026-11-27")  # noqa: TRY004 -- pydantic takes this one
    return day


WrittenDay = Annotated[date, BeforeValidator(_written)]


class ChangedCalendar(CalendarV1):
    """A calendar as it would be published, typed by people."""

    name: GivenText
    rules: ChangedRules | None = None
    known_until: WrittenDay | None = None
    refuse_beyond: StrictBool = False
    own_dates: list[WrittenDay] = Field(default_factory=list, max_length=2000)
    sample: StrictBool = False


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class MovedDay(_Answer):
    """So many dossiers of the unit, promised for the one day, would be promised for the other."""

    unit: UnitRef
    previous_day: date
    day: date
    dossiers: Count


class PromisesPreview(_Answer):
    """`open`: firm promises by this calendar that lie ahead. `moves`: the largest groups first; `truncated`: there are more."""

    calendar: str
    open: int
    moved: int
    moves: list[MovedDay]
    truncated: bool
