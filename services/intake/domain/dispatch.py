"""Which dossiers go to the competent units together: those accepted in one half of a day, twice a day.

Papers are forwarded on the working day on which they were received (Decree 118/2025); noon parts the two rounds.
"""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from contracts.civil import civil_moment
from contracts.values import CIVIL_TIME

NOON: Final = time(12)


class Round(StrEnum):
    MORNING = "morning"
    AFTERNOON = "afternoon"


def round_of(moment: datetime) -> Round:
    return Round.MORNING if civil_moment(moment).time() < NOON else Round.AFTERNOON


def window(day: date, chosen: Round) -> tuple[datetime, datetime]:
    """From when until when, the end not included."""
    noon = datetime.combine(day, NOON, CIVIL_TIME)
    half = timedelta(hours=12)
    return (noon - half, noon) if chosen is Round.MORNING else (noon, noon + half)
