"""Civil time: which day it is for people in Vietnam, whatever zone a moment is written in."""

from datetime import date, datetime

from contracts.values import CIVIL_TIME


def civil_moment(moment: datetime) -> datetime:
    """The same moment on the clocks of Vietnam."""
    return moment.astimezone(CIVIL_TIME)


def civil_day(moment: datetime) -> date:
    return civil_moment(moment).date()
