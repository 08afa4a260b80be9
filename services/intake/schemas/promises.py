"""What a changed calendar would do to open promises: counts by unit and day, and nothing about a dossier."""

from datetime import date

from pydantic import BaseModel, ConfigDict

from contracts.intake import UnitRef
from contracts.values import Count


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
