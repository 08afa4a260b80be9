"""What a new version of a calendar does to the promised date of an open dossier."""

from dataclasses import replace
from datetime import datetime

from contracts.values import PortalStatus
from messaging.handler_table import Decision
from services.intake.domain import facts
from services.intake.domain.dossier import Dossier
from services.intake.domain.moves import later_promise, new_days_off
from worktime import Calendar, Explanation, Promise, recount

RUNNING = frozenset({PortalStatus.ACCEPTED, PortalStatus.IN_PROCESS})
"""Where the clock runs. What is paused is counted by the newest calendar when it goes on."""


def reschedule(dossier: Dossier, calendar: Calendar, now: datetime) -> Decision[Dossier] | None:
    """Counted again; None where its date stays as it is or this version has been looked at. What is published is another date,
    or a provisional one now firm. Raises CalendarError for a calendar that cannot be counted with.
    """
    if dossier.status not in RUNNING or dossier.explanation is None or dossier.promised_at is None:
        return None
    if dossier.extension is not None:
        return None  # its date was named in the apology, and not counted
    held = Explanation.from_data(dossier.explanation)
    if held.calendar != calendar.id or held.calendar_version >= calendar.version:
        return None
    again = recount(calendar, Promise(held)) if held.provisional else later_promise(calendar, held, now)
    if again is None:
        return None
    after = replace(dossier, promised_at=again.moment, explanation=again.explanation.to_data(), changed_at=now)
    if again.moment == held.end and again.explanation.provisional:
        return Decision(after)
    days_off = new_days_off(held, again.explanation) if again.moment > held.end else []
    return Decision(after, (facts.rescheduled(after, dossier.promised_at, now, days_off),))
