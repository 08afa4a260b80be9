"""Orders to the post: planned when a dossier is accepted, placed when there is something to deliver, then as the post reports."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Self

from contracts.aggregate import Aggregate
from contracts.intake import UnitRef
from contracts.refusal import Refusal
from contracts.values import Lane


class OrderState(StrEnum):
    PLANNED = "planned"
    PLACED = "placed"
    DISPATCHED = "dispatched"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class OrderTransition(StrEnum):
    PLACE = "place"
    DISPATCH = "dispatch"
    DELIVER = "deliver"
    CANCEL = "cancel"


# The post may deliver without having said that it was on its way. Only a planned order can be cancelled: one that was placed
# has a result to deliver, and nothing decided is withdrawn.
ORDER_TRANSITIONS: Final[Mapping[tuple[OrderState, OrderTransition], OrderState]] = {
    (OrderState.PLANNED, OrderTransition.PLACE): OrderState.PLACED,
    (OrderState.PLANNED, OrderTransition.CANCEL): OrderState.CANCELLED,
    (OrderState.PLACED, OrderTransition.DISPATCH): OrderState.DISPATCHED,
    (OrderState.PLACED, OrderTransition.DELIVER): OrderState.DELIVERED,
    (OrderState.DISPATCHED, OrderTransition.DELIVER): OrderState.DELIVERED,
}


class IllegalOrderStep(Refusal):
    def __init__(self, state: OrderState, transition: OrderTransition) -> None:
        super().__init__(
            "illegal-order-step",
            vi=f"Phiếu gửi bưu điện đang ở bước “{state}” nên không thể “{transition}”.",
            en=f"The order to the post is {state}; it cannot {transition}.",
        )


@dataclass(frozen=True, kw_only=True)
class Order(Aggregate):
    """`recipient` is a JWE that only the post can open; it is forgotten once delivered or cancelled."""

    lane: Lane
    dossier: str
    unit: UnitRef
    code: str
    state: OrderState
    recipient: str | None
    tracking: str | None = None
    placed_at: datetime | None = None
    dispatched_at: datetime | None = None
    delivered_at: datetime | None = None

    def moved(self, transition: OrderTransition, **changes: Any) -> Self:
        """Raises IllegalOrderStep."""
        try:
            state = ORDER_TRANSITIONS[self.state, transition]
        except KeyError:
            raise IllegalOrderStep(self.state, transition) from None
        return replace(self, state=state, **changes)


def order_of(dossier: str) -> str:
    """Orders and dossiers share their number, because the post's events name the order alone."""
    return f"o-{dossier.removeprefix('d-')}"


def dossier_of(order: str) -> str:
    return f"d-{order.removeprefix('o-')}"
