"""An offer holds what the unit, the procedure and the day say, to the last field; and its bounds belong to it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from contracts.intake import UnitRef
from contracts.values import Channel, HandOver, Lane
from services.intake.domain.codes import submission_number
from services.intake.domain.dossier import Dossier
from services.intake.domain.orders import IllegalOrderStep, Order, OrderState, OrderTransition
from services.intake.domain.promise import promised, reception_time
from services.intake.domain.stages import Stage, Transition
from tests.support.intake_world import NOW
from tests.support.reference_data import CENTRE, DEPARTMENT, DISTRICT, DRIVING_LICENCE, LAND
from tests.unit.intake.test_promise import offered, procedure, unit
from worktime import WorkingDays

COPY = "2.900033"


def test_an_offer_is_what_the_reference_data_say_that_day() -> None:
    version = procedure(LAND).versions[0]
    land = offered(LAND, at=CENTRE, by=DISTRICT)
    assert (land.unit, land.competent) == (
        UnitRef(id=CENTRE, name="Trung tâm Phục vụ hành chính công tỉnh Thanh Hà"),
        UnitRef(id=DISTRICT, name="Bộ phận Một cửa huyện Hà An"),
    )
    assert (land.lane, land.code_width, land.fee, land.limit) == (Lane.PROVINCE, 4, 500_000, WorkingDays(10))
    assert land.papers == tuple(version.papers)
    assert (land.online, land.by_post) == (True, True)
    assert (land.calendar.id, land.calendar.version) == (unit(CENTRE).calendar, 7)
    reference = land.procedure
    assert (reference.code, reference.version, reference.title, reference.field, reference.field_title) == (
        LAND, version.version, version.title, "dat-dai", "Đất đai",
    )  # fmt: skip
    assert (offered(COPY).online, offered(COPY).by_post) == (False, False)
    assert offered(LAND, code_width=6).code_width == 6


def test_every_door_that_is_offered_is_open() -> None:
    for channel in Channel:
        offered(LAND).require_channel(channel)


@pytest.mark.parametrize("bound", ["valid_from", "valid_to"])
def test_the_first_and_the_last_day_of_a_unit_are_its_own(bound: str) -> None:
    assert offered(LAND, **{bound: NOW.date()}).unit.id == DISTRICT


@pytest.mark.parametrize(
    ("given", "counted"),
    [
        (NOW + timedelta(minutes=1), NOW),
        (NOW - timedelta(days=90), NOW - timedelta(days=90)),
        (NOW - timedelta(hours=1), NOW - timedelta(hours=1)),
    ],
)
def test_the_bounds_of_reception_belong_to_it(given: Any, counted: Any) -> None:
    assert reception_time(given, NOW) == counted
    assert reception_time(given, NOW, not_before=counted) == counted


def test_a_promise_is_counted_from_the_minute_on_the_receipt() -> None:
    hours = offered(DRIVING_LICENCE, CENTRE, DEPARTMENT)
    assert promised(hours, NOW.replace(second=59, microsecond=999)) == promised(hours, NOW)


@pytest.mark.parametrize(
    ("dossier", "number"),
    [
        ("d-00000000000000000000000000000000", "S260218-00000-00000"),
        ("d-ffffffffffffffffffffffffffffffff", "S260218-ZZZZZ-ZZZZZ"),
        ("d-0123456789abcdef0123456789abcdef", "S260218-6HB7H-6NWVV"),
    ],
)
def test_a_submission_number_is_fifty_bits_of_the_end_of_the_id(dossier: str, number: str) -> None:
    assert submission_number(dossier, date(2026, 2, 18)) == number


def dossier() -> Dossier:
    offer = offered(LAND)
    return Dossier(
        id="d-1",
        lane=Lane.DISTRICT,
        version=1,
        stage=Stage.SUBMITTED,
        submission_number="S260224-00000-00000",
        unit=offer.unit,
        procedure=offer.procedure,
        channel=Channel.COUNTER,
        hand_over=HandOver.COUNTER,
        papers=(),
        submitted_at=NOW,
        changed_at=NOW,
    )


def test_a_step_notes_when_it_was_taken_and_what_it_changed() -> None:
    later = NOW + timedelta(minutes=5)
    before = dossier()
    assert before.moved(Transition.ACCEPT, later, code="x") == replace(before, stage=Stage.ACCEPTED, changed_at=later, code="x")


def test_a_citizen_quotes_the_code_once_there_is_one() -> None:
    assert dossier().known_by() == "S260224-00000-00000"
    assert replace(dossier(), code="000.00.21.H99-260224-0001").known_by() == "000.00.21.H99-260224-0001"


def test_an_order_s_illegal_step_names_both_ends() -> None:
    order = Order(
        id="o-1", lane=Lane.DISTRICT, version=0, dossier="d-1", unit=offered(LAND).unit, code="c",
        state=OrderState.DELIVERED, recipient=None,
    )  # fmt: skip
    with pytest.raises(IllegalOrderStep) as refused:
        order.moved(OrderTransition.PLACE)
    assert refused.value.en == "The order to the post is delivered; it cannot place."
