"""A dossier arrives or its promised date moves: what intake says, and what becomes of the case."""

from datetime import datetime

from contracts.endings.intake import DossierExtendedV1
from contracts.intake import DossierAcceptedV1, DossierRescheduledV1
from contracts.registry import Event
from contracts.routing import (
    CaseOpenedV1,
)
from messaging.handler_table import Context, Decision
from services.routing.domain.assignment import Ledger
from services.routing.domain.case import Case, assigned
from services.routing.domain.refusals import AlreadyOpen
from services.routing.handlers.facts import facts_of
from services.routing.handlers.work import assigned_event


def open_case(state: Case | None, event: DossierAcceptedV1, context: Context) -> Decision[Case]:
    """An accepted dossier becomes one case, at once given to the competent officer with the least to do, if any is known."""
    if state is not None:
        raise AlreadyOpen(state.code)
    ledger: Ledger = context.known
    case = _new_case(event, context)
    officer = ledger.assign(event.competent_unit.id, event.procedure.field, context.now)
    if officer is None:
        return Decision(case, (_opened(case, context.now),))
    case = assigned(case, officer, context.now)
    return Decision(case, (_opened(case, context.now), assigned_event(case, officer, None, context.now)))


def reschedule(state: Case | None, event: DossierRescheduledV1 | DossierExtendedV1, _: Context) -> Decision[Case] | None:
    """The promise is intake's, decided or not. Where the acceptance was skipped there is no case."""
    if state is None:
        return None
    return Decision(state.promised_for(event.promised_at, event.provisional))


def _new_case(event: DossierAcceptedV1, context: Context) -> Case:
    assert context.lane is not None  # noqa: S101 -- dossiers exist per lane
    return Case(
        id=context.attributes.subject,
        lane=context.lane,
        version=0,
        code=event.code,
        receiving_unit=event.unit,
        competent_unit=event.competent_unit,
        procedure=event.procedure,
        papers=tuple(event.papers),
        accepted_at=event.accepted_at,
        promised_at=event.promised_at,
        opened_at=context.now,
        limit_kind=None if event.limit is None else event.limit.counted_in,
        calendar=event.calendar,
        provisional=event.provisional,
        signing=event.signing,
    )


def _opened(case: Case, at: datetime) -> Event:
    return CaseOpenedV1(**facts_of(case, at))
