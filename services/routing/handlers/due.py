"""What the clock finds of an open case: its promised date is near, or has passed."""

from dataclasses import replace
from datetime import date, datetime

from contracts.directory import StaffV1
from contracts.routing import CaseDueSoonV1, CaseOverdueV1
from contracts.values import Role
from messaging.handler_table import Decision
from services.routing.domain.case import Case
from services.routing.domain.history import Transition
from services.routing.domain.near import due_transition
from services.routing.domain.stranded import needs_hand
from services.routing.handlers.facts import facts_of


def note_due(case: Case, staff: StaffV1 | None, now: datetime, last_near: date) -> Decision[Case] | None:
    """Published once for each promised date; None when there is nothing new. `staff` is the record of its officer. The leader is
    responsible for every case that is overdue, and for one that nobody has or whose officer cannot work on it.
    """
    transition = due_transition(case, now, last_near)
    if transition is None:
        return None
    officer = {"officer": case.officer.id, "officer_name": case.officer.name} if case.officer else {}
    if transition is Transition.OVERDUE:
        after = replace(case, overdue_for=case.promised_at)
        return Decision(after, (CaseOverdueV1(**facts_of(case, now), **officer, responsible=Role.LEADER),))
    is_held = case.officer is not None and needs_hand(case, staff) is None
    after, responsible = replace(case, due_soon_for=case.promised_at), Role.OFFICER if is_held else Role.LEADER
    return Decision(after, (CaseDueSoonV1(**facts_of(case, now), **officer, responsible=responsible),))
