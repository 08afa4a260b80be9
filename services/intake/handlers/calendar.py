"""What a new version of a calendar does to a dossier whose promised date was provisional."""

from dataclasses import replace
from datetime import datetime

from messaging.handler_table import Decision
from services.intake.domain import facts
from services.intake.domain.dossier import Dossier
from worktime import Calendar, Explanation, Promise, recount


def reschedule(dossier: Dossier, calendar: Calendar, now: datetime) -> Decision[Dossier] | None:
    """Counted again; None where the promise is not provisional or this version has been looked at. What is published is another
    date, or the same one now firm. Raises CalendarError for a calendar that cannot be counted with.
    """
    if dossier.provisional is None or dossier.explanation is None or dossier.promised_at is None:
        return None
    held = Explanation.from_data(dossier.explanation)
    if held.calendar != calendar.id or held.calendar_version >= calendar.version:
        return None
    again = recount(calendar, Promise(held))
    after = replace(dossier, promised_at=again.moment, explanation=again.explanation.to_data(), changed_at=now)
    if again.moment == held.end and again.explanation.provisional:
        return Decision(after)
    return Decision(after, (facts.rescheduled(after, dossier.promised_at, now),))
