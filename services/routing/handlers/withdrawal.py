"""A withdrawal is asked of routing, which answers done or refused."""

from datetime import datetime

from contracts.intake import DossierWithdrawalRequestedV1
from contracts.registry import Event
from contracts.routing import (
    CaseWithdrawalRefusedV1,
    CaseWithdrawnV1,
)
from messaging.handler_table import Context, Decision
from services.routing.domain.case import Case, withdrawn
from services.routing.domain.history import Person
from services.routing.domain.refusals import CaseUnknown
from services.routing.domain.ruling import Withdrawal
from services.routing.handlers.facts import facts_of


def withdraw(state: Case | None, event: DossierWithdrawalRequestedV1, context: Context) -> Decision[Case]:
    """Intake asks; the answer is one of two. A decision or a stop that was made first stands.

    Raises CaseUnknown where the acceptance was skipped: whoever skipped it has to retry it first.
    """
    if state is None:
        raise CaseUnknown
    first = state.verdict or state.stop
    if first is not None:
        return Decision(state, (_not_withdrawn(state, first.at, first.by, context.now),))
    by = None if event.by is None else Person(event.by, event.by_name or event.by)
    withdrawal = Withdrawal(reason=event.reason, at=context.now, duplicate_of=event.duplicate_of, by=by)
    case = withdrawn(state, withdrawal)
    return Decision(case, (_withdrawn(case, withdrawal),))


def _withdrawn(case: Case, withdrawal: Withdrawal) -> Event:
    return CaseWithdrawnV1(
        **facts_of(case, withdrawal.at),
        reason=withdrawal.reason,
        duplicate_of=withdrawal.duplicate_of,
        by=withdrawal.by.id if withdrawal.by else None,
        by_name=withdrawal.by.name if withdrawal.by else None,
        officer=case.officer.id if case.officer else None,
        officer_name=case.officer.name if case.officer else None,
    )


def _not_withdrawn(case: Case, decided_at: datetime, by: Person, at: datetime) -> Event:
    return CaseWithdrawalRefusedV1(**facts_of(case, at), decided_at=decided_at, by=by.id, by_name=by.name)
