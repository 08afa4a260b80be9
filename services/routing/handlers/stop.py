"""A leader stops a case: it is closed without a decision, whoever has it."""

from dataclasses import replace
from datetime import datetime

from contracts.endings.ground import StopGround
from contracts.endings.routing import CaseStoppedV1
from messaging.handler_table import Decision
from services.routing.domain.case import Actor, Case
from services.routing.domain.history import Transition
from services.routing.domain.stop import OnlyLeadersStop, Stop
from services.routing.handlers.facts import facts_of


def stop(case: Case, ground: StopGround, details: str | None, by: Actor, now: datetime) -> Decision[Case]:
    """Raises a Refusal: it is closed already, its giver does not lead the unit, or nothing is said of the ground."""
    may_stop(case, by)
    after = replace(case, stop=Stop(ground=ground, details=details, at=now, by=by.person), pause=None)
    event = CaseStoppedV1(
        **facts_of(case, now),
        ground=ground,
        details=details,
        by=by.person.id,
        by_name=by.person.name,
        officer=case.officer.id if case.officer else None,
        officer_name=case.officer.name if case.officer else None,
    )
    return Decision(after, (event,))


def may_stop(case: Case, by: Actor) -> None:
    """Raises a Refusal. Who may never do it is told so first, whatever the case has become."""
    if not by.leads:
        raise OnlyLeadersStop
    case.allow(Transition.STOPPED)
