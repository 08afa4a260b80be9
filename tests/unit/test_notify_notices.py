"""Which facts owe the applicant a message: declared once, read by intake's and notify's side of reconcile."""

from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.intake import (
    NOTICES,
    DossierAcceptedV1,
    DossierDecidedV1,
    DossierFact,
    DossierHandedOverV1,
    DossierRefusedV1,
    DossierReturnedV1,
    DossierSubmittedV1,
    DossierTakenUpV1,
    MissingPaper,
    ProcedureRef,
    UnitRef,
    asks_for_message,
)
from contracts.registry import EVENTS
from contracts.values import Channel, HandOver, Outcome, PortalStatus

AT = datetime(2026, 2, 16, 8, tzinfo=UTC)
UNIT = UnitRef(id="000.00.16.H26", name="Huyện Đông Hưng")
CODE = "000.00.16.H26-260216-0001"


def fact(kind: type[DossierFact], **given: Any) -> DossierFact:
    procedure = ProcedureRef(code="1.000656", version=1, title="Đăng ký khai tử", field="ho-tich", field_title="Hộ tịch")
    return kind(
        **{
            "status": PortalStatus.SUBMITTED,
            "submission_number": "S-1",
            "code": CODE,
            "unit": UNIT,
            "procedure": procedure,
            "channel": Channel.ONLINE,
            "promised_at": AT,
            "at": AT,
            **given,
        }
    )


OWN: dict[type[DossierFact], dict[str, Any]] = {
    DossierSubmittedV1: {},
    DossierReturnedV1: {"missing": [MissingPaper(code="p", title="Tờ khai", reason="thiếu chữ ký")]},
    DossierAcceptedV1: {"competent_unit": UNIT, "accepted_at": AT},
    DossierRefusedV1: {"reason": "không thuộc thẩm quyền"},
    DossierTakenUpV1: {},
    DossierDecidedV1: {"outcome": Outcome.GRANTED, "decided_at": AT},
    DossierHandedOverV1: {"handed_over_by": HandOver.POST, "handed_over_at": AT},
}


@pytest.mark.parametrize("kind", [DossierReturnedV1, DossierAcceptedV1, DossierRefusedV1, DossierDecidedV1])
@pytest.mark.parametrize("channel", Channel)
def test_whatever_the_door_these_are_told(kind: type[DossierFact], channel: Channel) -> None:
    assert asks_for_message(fact(kind, channel=channel, **OWN[kind]))


@pytest.mark.parametrize(("channel", "told"), [(Channel.COUNTER, False), (Channel.ONLINE, True), (Channel.POST, True)])
def test_only_who_was_not_there_is_told_that_a_submission_arrived(channel: Channel, told: bool) -> None:
    assert asks_for_message(fact(DossierSubmittedV1, channel=channel)) is told


@pytest.mark.parametrize(("by", "told"), [(HandOver.COUNTER, False), (HandOver.POST, True)])
def test_only_a_result_sent_by_post_is_told(by: HandOver, told: bool) -> None:
    given = {**OWN[DossierHandedOverV1], "handed_over_by": by}
    assert asks_for_message(fact(DossierHandedOverV1, **given)) is told


def test_each_fact_about_a_dossier_is_weighed_and_no_other_kind_ever_asks() -> None:
    declared = {kind for kind in EVENTS.values() if issubclass(kind, DossierFact)}
    assert declared == OWN.keys()
    assert {kind for kind in declared if asks_for_message(fact(kind, **OWN[kind]))} == NOTICES
