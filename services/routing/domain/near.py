"""Which civil days are near, and whether a promised date is, or has passed: what the clock finds of open cases.

Near is counted in working days of the case's own calendar, so that Tết is no surprise, and in calendar days where that is not
known.
"""

from datetime import date, datetime, timedelta
from typing import Final

from contracts.civil import civil_day
from services.routing.domain.case import Case
from services.routing.domain.history import Transition
from services.routing.domain.states import WORKED_ON
from worktime import Calendar

ONE_DAY: Final = timedelta(days=1)
FARTHEST: Final = timedelta(days=60)
"""No calendar is closed for longer; one that is has no near days behind that."""


def last_near_day(calendar: Calendar | None, today: date, working_days: int) -> date:
    """The last day that lies at most so many working days ahead."""
    if calendar is None:
        return today + timedelta(days=working_days)
    day = today
    while day - today < FARTHEST and calendar.days_worked(today, day + ONE_DAY) <= working_days:
        day += ONE_DAY
    return day


def due_transition(case: Case, now: datetime, last_near: date) -> Transition | None:
    """What the clock has to say of it and has not said for this promised date; None for nothing, and of one that is closed
    or waits for its applicant.
    """
    if case.state not in WORKED_ON:
        return None
    if civil_day(case.promised_at) < civil_day(now):
        return Transition.OVERDUE if case.overdue_for != case.promised_at else None
    is_near = civil_day(case.promised_at) <= last_near
    return Transition.DUE_SOON if is_near and case.due_soon_for != case.promised_at else None
