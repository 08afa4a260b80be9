"""A dossier is taken back. Before acceptance intake decides; between acceptance and decision it asks, and routing answers.

Of a withdrawal and a decision or stop that cross, the one wins that routing had first; the other is answered with who did what.
"""

from datetime import datetime

from contracts.endings.routing import CaseStoppedV1
from contracts.routing import CaseWithdrawalRefusedV1, CaseWithdrawnV1
from messaging.handler_table import Context, Decision
from services.intake.domain import facts
from services.intake.domain.dossier import Dossier, Withdrawal
from services.intake.domain.orders import Order, OrderTransition
from services.intake.domain.stages import Transition
from services.intake.domain.withdrawal import is_intakes, may_be_withdrawn
from services.intake.handlers.routing import existing


def withdraw(dossier: Dossier, withdrawal: Withdrawal, now: datetime, by_name: str | None) -> Decision[Dossier]:
    """Done at once, or asked of routing. Raises IllegalStep and WithdrawalPending."""
    if is_intakes(dossier):
        after = dossier.moved(Transition.WITHDRAW, now, withdrawal=withdrawal, withdrawn_at=now)
        return Decision(after, (facts.withdrawn(after),))
    asked = dossier.moved(Transition.REQUEST_WITHDRAWAL, now, withdrawal=withdrawal)
    may_be_withdrawn(dossier)
    return Decision(asked, (facts.withdrawal_requested(asked, now, by_name),))


def record_withdrawal(dossier: Dossier | None, event: CaseWithdrawnV1, context: Context) -> Decision[Dossier]:
    """Routing has closed the case: the portal's status 7."""
    withdrawal = Withdrawal(reason=event.reason, duplicate_of=event.duplicate_of, by=event.by)
    after = existing(dossier, context).moved(Transition.WITHDRAW, context.now, withdrawal=withdrawal, withdrawn_at=event.at)
    return Decision(after, (facts.withdrawn(after),))


def refuse_withdrawal(dossier: Dossier | None, event: CaseWithdrawalRefusedV1, context: Context) -> Decision[Dossier]:
    """The decision came first and stands; nobody waits for an answer any more."""
    after = existing(dossier, context).moved(Transition.REFUSE_WITHDRAWAL, context.now, withdrawal=None)
    return Decision(after, (facts.withdrawal_refused(after, event.at, event.decided_at, event.by),))


def cancel_order(order: Order | None, _: CaseWithdrawnV1 | CaseStoppedV1, __: Context) -> Decision[Order] | None:
    """There will be no result to deliver. The post has not heard of the order, and its address is forgotten."""
    if order is None:
        return None
    return Decision(order.moved(OrderTransition.CANCEL, recipient=None))
