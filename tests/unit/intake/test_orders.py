"""Orders to the post, and what events of routing and the post do, as pure functions."""

import itertools
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from contracts.envelope import Attributes
from contracts.intake import PostOrderPlacedV1
from contracts.post import ShipmentDeliveredV1, ShipmentDispatchedV1
from contracts.refusal import Refusal
from contracts.values import HandOver, Lane, Outcome
from messaging.handler_table import Context
from services.intake.consumers import DOSSIERS, ORDERS, TABLE
from services.intake.domain.dossier import dossier_of_collection
from services.intake.domain.orders import IllegalOrderStep, Order, OrderState, OrderTransition, dossier_of, order_of
from services.intake.domain.stages import IllegalStep, Stage
from services.intake.handlers import post, routing
from services.intake.repository.post_collections import Known
from tests.support.intake_dossiers import CODE, HERE, accepted, saved
from tests.support.intake_events import NOW, decided_case, opened_case

PLANNED = Order(
    id="o-1",
    lane=Lane.DISTRICT,
    version=0,
    dossier="d-1",
    unit=HERE,
    code=CODE,
    state=OrderState.PLANNED,
    recipient="jwe",
)
ACCEPTED = {"code": CODE, "promised_at": NOW.isoformat()}
DISPATCHED = ShipmentDispatchedV1(tracking="VN1", at=NOW)
DELIVERED = ShipmentDeliveredV1(tracking="VN1", delivered_at=NOW)
ORDER_LEADS_ON = {
    ("planned", "place"): "placed",
    ("planned", "cancel"): "cancelled",
    ("placed", "dispatch"): "dispatched",
    ("placed", "deliver"): "delivered",
    ("dispatched", "deliver"): "delivered",
}


def context(subject: str = "d-1") -> Context:
    return Context(Attributes(id="e", source="x", type="t", subject=subject, time=NOW, sequence=1), NOW, Known())


@pytest.mark.parametrize(("state", "transition"), list(itertools.product(OrderState, OrderTransition)))
def test_every_step_of_an_order(state: OrderState, transition: OrderTransition) -> None:
    order = replace(PLANNED, state=state)
    expected = ORDER_LEADS_ON.get((state, transition))
    if expected:
        assert order.moved(transition).state == expected
    else:
        with pytest.raises(IllegalOrderStep):
            order.moved(transition)


def test_orders_and_dossiers_share_their_number() -> None:
    assert dossier_of(order_of("d-0af")) == "d-0af"
    assert order_of("d-0af") == "o-0af"


def test_a_collection_is_always_the_same_dossier() -> None:
    assert dossier_of_collection("c-1") == dossier_of_collection("c-1")
    assert dossier_of_collection("c-1") != dossier_of_collection("c-2")
    assert dossier_of_collection("c-1").startswith("d-")


SENT = NOW - timedelta(hours=5)
BEFORE_IT_WAS_SENT, TOMORROW = SENT - timedelta(hours=1), NOW + timedelta(days=1)


@pytest.mark.parametrize("stated", [BEFORE_IT_WAS_SENT, TOMORROW])
def test_what_the_post_cannot_have_done_then_is_recorded_as_arrived(stated: datetime) -> None:
    placed = replace(PLANNED, state=OrderState.PLACED, version=1, placed_at=SENT)
    sent = post.record_dispatch(placed, ShipmentDispatchedV1(tracking="VN1", at=stated), context("o-1")).state
    assert sent.dispatched_at == NOW
    on_its_way = replace(placed, state=OrderState.DISPATCHED, dispatched_at=SENT + timedelta(hours=1))
    done = post.record_delivery(on_its_way, ShipmentDeliveredV1(tracking="VN1", delivered_at=stated), context("o-1"))
    assert done is not None
    assert done.state.delivered_at == NOW


@pytest.mark.parametrize("stated", [BEFORE_IT_WAS_SENT, TOMORROW])
def test_a_delivery_that_cannot_have_been_then_is_shown_as_arrived_with_what_the_post_states(stated: datetime) -> None:
    decided = accepted(stage=Stage.DECIDED, decided_at=SENT - timedelta(days=1), outcome=Outcome.GRANTED)
    known = replace(context("o-1"), known=Known(sent={"o-1": SENT}))
    done = post.hand_over_by_post(decided, ShipmentDeliveredV1(tracking="VN1", delivered_at=stated), known)
    assert done is not None
    assert done.state.handed_over_at == NOW
    (fact,) = done.events
    assert (fact.at, fact.handed_over_at, fact.stated_at) == (NOW, NOW, stated)


def test_a_delivery_is_not_before_the_decision_either() -> None:
    decided = accepted(stage=Stage.DECIDED, decided_at=SENT, outcome=Outcome.GRANTED)
    done = post.hand_over_by_post(decided, ShipmentDeliveredV1(tracking="VN1", delivered_at=BEFORE_IT_WAS_SENT), context("o-1"))
    assert done is not None
    assert (done.state.handed_over_at, done.events[0].stated_at) == (NOW, BEFORE_IT_WAS_SENT)


def test_a_delivery_that_can_have_been_is_the_post_s_own() -> None:
    decided = accepted(stage=Stage.DECIDED, decided_at=SENT, outcome=Outcome.GRANTED)
    then = SENT + timedelta(hours=2)
    done = post.hand_over_by_post(decided, ShipmentDeliveredV1(tracking="VN1", delivered_at=then), context("o-1"))
    assert done is not None
    assert (done.state.handed_over_at, done.events[0].stated_at) == (then, None)


def test_case_opened_then_decided() -> None:
    up = routing.take_up(accepted(), opened_case(ACCEPTED), context())
    assert up.state.stage is Stage.IN_PROCESS
    done = routing.record_decision(saved(up), decided_case(ACCEPTED), context())
    assert (done.state.stage, done.state.result_number, saved(done).version) == (Stage.DECIDED, "12/QĐ-UBND", 4)


def test_decision_without_a_case_is_refused() -> None:
    with pytest.raises(IllegalStep):
        routing.record_decision(accepted(), decided_case(ACCEPTED), context())
    with pytest.raises(Refusal, match="unknown-dossier"):
        routing.take_up(None, opened_case(ACCEPTED), context())


def test_decision_places_a_planned_order_once() -> None:
    assert post.place_order(None, decided_case(ACCEPTED), context()) is None
    decision = post.place_order(PLANNED, decided_case(ACCEPTED), context())
    assert decision is not None
    (placed,) = decision.events
    assert isinstance(placed, PostOrderPlacedV1)
    assert (placed.recipient, placed.code) == ("jwe", CODE)
    with pytest.raises(IllegalOrderStep):
        post.place_order(decision.state, decided_case(ACCEPTED), context())


def test_delivery_forgets_the_address_and_hands_over() -> None:
    placed = replace(PLANNED, state=OrderState.PLACED, version=1)
    on_its_way = post.record_dispatch(placed, DISPATCHED, context("o-1")).state
    decision = post.record_delivery(on_its_way, DELIVERED, context("o-1"))
    assert decision is not None
    assert (decision.state.state, decision.state.recipient, decision.state.tracking) == (OrderState.DELIVERED, None, "VN1")
    handed = post.hand_over_by_post(accepted(stage=Stage.DECIDED), DELIVERED, context("o-1"))
    assert handed is not None
    assert handed.state.handed_over_by is HandOver.POST


def test_delivered_twice_does_nothing() -> None:
    done = replace(PLANNED, state=OrderState.DELIVERED, recipient=None)
    assert post.record_delivery(done, DELIVERED, context("o-1")) is None
    assert post.hand_over_by_post(accepted(stage=Stage.HANDED_OVER), DELIVERED, context("o-1")) is None


def test_what_the_post_says_of_strangers_is_refused() -> None:
    with pytest.raises(Refusal, match="unknown-order"):
        post.record_dispatch(None, DISPATCHED, context("o-9"))
    with pytest.raises(Refusal, match="unknown-order"):
        post.record_delivery(None, DELIVERED, context("o-9"))
    with pytest.raises(Refusal, match="unknown-dossier"):
        post.hand_over_by_post(None, DELIVERED, context("o-9"))
    with pytest.raises(IllegalStep):
        post.hand_over_by_post(accepted(), DELIVERED, context("o-1"))


def test_dossiers_are_locked_before_orders() -> None:
    assert TABLE.stores() == (DOSSIERS, ORDERS)
