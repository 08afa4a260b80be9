"""The post's part: dossiers that it collected, results that it is ordered to deliver.

What the post says of a moment counts where that can be (`domain/arrival.py`). One event may concern a dossier and its order; each
has its own function, and both happen or neither.
"""

from dataclasses import replace

from contracts.intake import PostOrderPlacedV1, UnitRef
from contracts.post import DossierCollectedV1, ShipmentDeliveredV1, ShipmentDispatchedV1
from contracts.refusal import Refusal
from contracts.routing import CaseDecidedV1
from contracts.values import Channel, HandOver, Lane
from messaging.handler_table import Context, Decision
from services.intake.domain import facts
from services.intake.domain.arrival import arrival
from services.intake.domain.dossier import Dossier
from services.intake.domain.orders import Order, OrderState, OrderTransition, dossier_of, order_of
from services.intake.domain.stages import Stage, Transition
from services.intake.handlers.dossier import Submission, submit
from services.intake.handlers.routing import UnknownDossier


def collect(dossier: Dossier | None, event: DossierCollectedV1, context: Context) -> Decision[Dossier] | None:
    """A sealed parcel becomes a dossier that waits to be accepted. The same collection again makes no second one.

    Raises why it could not be prepared: an applicant who cannot be read, a unit that does not receive the procedure.
    """
    if dossier is not None:
        return None
    prepared = context.known.collected(context.attributes.subject)
    submission = Submission(
        id=prepared.dossier,
        offer=prepared.offer,
        channel=Channel.POST,
        papers=tuple(paper.code for paper in event.papers),
        hand_over=event.hand_over,
        at=prepared.arrival.at,
        stated_at=prepared.arrival.stated_at,
        by=None,
        person=prepared.person,
        lane=Lane.POST,
        collection=context.attributes.subject,
    )
    return submit(submission, context.now)


def plan_order(dossier: Dossier, recipient: str) -> Order:
    """Planned at acceptance, where the address is at hand; placed when there is a result."""
    assert dossier.code is not None  # noqa: S101 -- planned for accepted dossiers only
    return Order(
        id=order_of(dossier.id),
        lane=dossier.lane,
        version=0,
        dossier=dossier.id,
        unit=dossier.unit,
        code=dossier.code,
        state=OrderState.PLANNED,
        recipient=recipient,
    )


def redirect_order(order: Order, successor: UnitRef) -> Order:
    """Its unit has ended. What the post has been told already stays as it was told."""
    return replace(order, unit=successor) if order.state is OrderState.PLANNED else order


def place_order(order: Order | None, _: CaseDecidedV1, context: Context) -> Decision[Order] | None:
    """Decided: there is something to deliver. Dossiers handed over at the counter have no order."""
    if order is None:
        return None
    assert order.recipient is not None  # noqa: S101 -- kept until delivered; CHECKed in the database too
    after = order.moved(OrderTransition.PLACE, placed_at=context.now)
    placed = PostOrderPlacedV1(code=order.code, unit=order.unit, recipient=order.recipient, placed_at=context.now)
    return Decision(after, (placed,))


def record_dispatch(order: Order | None, event: ShipmentDispatchedV1, context: Context) -> Decision[Order]:
    order = _existing(order, context)
    at = arrival(event.at, context.now, not_before=order.placed_at).at
    return Decision(order.moved(OrderTransition.DISPATCH, tracking=event.tracking, dispatched_at=at))


def record_delivery(order: Order | None, event: ShipmentDeliveredV1, context: Context) -> Decision[Order] | None:
    """The address has served its purpose and is forgotten. Reported twice, nothing happens."""
    order = _existing(order, context)
    if order.state is OrderState.DELIVERED:
        return None
    at = arrival(event.delivered_at, context.now, not_before=order.dispatched_at or order.placed_at).at
    after = order.moved(OrderTransition.DELIVER, tracking=event.tracking, delivered_at=at)
    return Decision(replace(after, recipient=None))


def hand_over_by_post(dossier: Dossier | None, event: ShipmentDeliveredV1, context: Context) -> Decision[Dossier] | None:
    if dossier is None:
        raise UnknownDossier(dossier_of(context.attributes.subject))
    if dossier.stage is Stage.HANDED_OVER:
        return None
    sent = context.known.sent_at(context.attributes.subject, dossier.decided_at)
    came = arrival(event.delivered_at, context.now, not_before=sent)
    after = dossier.moved(Transition.DELIVER, context.now, handed_over_at=came.at, handed_over_by=HandOver.POST)
    return Decision(after, (facts.handed_over(after, None, came.stated_at),))


def _existing(order: Order | None, context: Context) -> Order:
    if order is None:
        raise Refusal(
            "unknown-order",
            vi=f"Không có phiếu gửi {context.attributes.subject}.",
            en=f"There is no order {context.attributes.subject}.",
        )
    return order
