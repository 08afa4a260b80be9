"""What a changed calendar would do to open promises: counts by unit and day, and nothing about a dossier."""

from datetime import date

from pydantic import BaseModel, ConfigDict, StrictBool

from contracts.directory import CalendarV1, ReceptionRulesV1
from contracts.given import GivenText
from contracts.intake import UnitRef
from contracts.values import Count


class ChangedRules(ReceptionRulesV1):
    cutoff_basis: GivenText | None = None
    out_of_area_basis: GivenText | None = None


class ChangedCalendar(CalendarV1):
    """A calendar as it would be published, typed by people."""

    name: GivenText
    rules: ChangedRules | None = None
    refuse_beyond: StrictBool = False
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
