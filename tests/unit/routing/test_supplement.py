"""Who may ask for papers or money, what may be asked for, and what is refused with which words."""

from datetime import date
from typing import Any

import pytest

from contracts.directory import PaperV1, ProcedureV1, ProcedureVersionV1
from contracts.intake import PaperRef
from contracts.refusal import Refusal
from contracts.supplements import OwedKind, SupplementReason
from services.routing.domain.case import Actor
from services.routing.domain.pause import AskedPaper, Wanted
from services.routing.domain.refusals import SomebodyElses
from services.routing.domain.states import State
from services.routing.domain.supplement import papers_of, paused, resumed
from services.routing.domain.supplement_refusals import (
    AmountMissing,
    AskedBefore,
    NoteMissing,
    NothingNamed,
    NothingOwed,
    PaperNamedTwice,
    PaperUnknown,
    StillWaiting,
)
from tests.support.routing_world import NOW
from tests.unit.routing.test_case_rules import AN, BINH, CHI, case_of

UNSIGNED = AskedPaper(code="don", reason=SupplementReason.UNSIGNED)
KNOWN = {"don": "Đơn", "ban-ve": "Bản vẽ"}
HOLDER, COLLEAGUE, LEADER = Actor(AN, leads=False), Actor(BINH, leads=False), Actor(CHI, leads=True)


def wanted(*papers: AskedPaper, **given: Any) -> Wanted:
    return Wanted(owed=OwedKind.PAPERS, papers=papers or (UNSIGNED,), **given)


@pytest.mark.parametrize("by", [HOLDER, LEADER])
def test_its_officer_and_a_leader_ask_and_it_stays_its_officer_s(by: Actor) -> None:
    case = paused(case_of(AN), wanted(), KNOWN, by, NOW)
    assert (case.state, case.officer) == (State.WAITING, AN)
    assert case.pause is not None
    assert (case.pause.by, case.pause.papers[0].title, case.pause.number) == (by.person, "Đơn", 1)


@pytest.mark.parametrize(("officer", "by"), [(AN, COLLEAGUE), (None, COLLEAGUE), (None, LEADER)])
def test_a_colleague_does_not_and_a_case_of_nobody_is_taken_first(officer: Any, by: Actor) -> None:
    with pytest.raises(SomebodyElses):
        paused(case_of(officer), wanted(), KNOWN, by, NOW)


def test_only_papers_ask_again_with_a_warning_and_each_kind_has_its_own_number() -> None:
    once = case_of(AN, supplements=1, payments=1)
    with pytest.raises(AskedBefore):
        paused(once, wanted(), KNOWN, HOLDER, NOW)
    again = paused(once, wanted(again=True), KNOWN, HOLDER, NOW)
    paid = paused(once, Wanted(owed=OwedKind.MONEY, amount=1), {}, HOLDER, NOW)
    assert again.pause is not None
    assert paid.pause is not None
    assert (again.pause.number, again.supplements, again.payments) == (2, 2, 1)
    assert (paid.pause.number, paid.supplements, paid.payments) == (2, 1, 2)


def test_what_is_published_or_was_handed_in_may_be_asked_for_and_nothing_else() -> None:
    own = case_of(AN, papers=(PaperRef(code="rieng", title="Giấy riêng"),))
    asked = paused(own, wanted(AskedPaper(code="rieng", reason=SupplementReason.EXPIRED)), KNOWN, HOLDER, NOW)
    assert asked.pause is not None
    assert asked.pause.papers[0].title == "Giấy riêng"
    with pytest.raises(PaperUnknown, match="la"):
        paused(own, wanted(AskedPaper(code="la", reason=SupplementReason.ABSENT)), KNOWN, HOLDER, NOW)


def test_papers_of_the_dossiers_version_and_of_later_ones() -> None:
    def version(number: int, code: str) -> ProcedureVersionV1:
        return ProcedureVersionV1.model_validate(
            {"version": number, "valid_from": date(2020 + number, 1, 1), "title": "T", "field": "f", "field_title": "F"}
            | {"limit": {"kind": "same_day"}, "papers": [PaperV1(code=code, title=code.upper())]}
        )

    procedure = ProcedureV1(code="1.900011", versions=[version(1, "cu"), version(2, "nay"), version(3, "sau")])
    assert papers_of(procedure, 2) == {"nay": "NAY", "sau": "SAU"}
    assert papers_of(None, 2) == {}


def test_what_came_again_takes_the_former_ones_place_and_the_rest_stays() -> None:
    case = paused(
        case_of(AN, papers=(PaperRef(code="don", title="Cũ"), PaperRef(code="b", title="B"))), wanted(), KNOWN, HOLDER, NOW
    )
    after = resumed(case, [PaperRef(code="don", title="Mới"), PaperRef(code="c", title="C")])
    assert [(paper.code, paper.title) for paper in after.papers] == [("don", "Mới"), ("b", "B"), ("c", "C")]
    assert (after.state, after.pause) == (State.ASSIGNED, None)
    with pytest.raises(NothingOwed):
        resumed(after, [])


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"owed": OwedKind.PAPERS}, NothingNamed),
        ({"owed": OwedKind.PAPERS, "papers": (UNSIGNED, UNSIGNED)}, PaperNamedTwice),
        ({"owed": OwedKind.PAPERS, "papers": (AskedPaper(code="don", reason=SupplementReason.OTHER),)}, NoteMissing),
        ({"owed": OwedKind.MONEY}, AmountMissing),
        ({"owed": OwedKind.MONEY, "amount": 0}, AmountMissing),
    ],
)
def test_what_cannot_be_asked_at_all(given: dict[str, Any], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        Wanted(**given)


@pytest.mark.parametrize(
    ("refusal", "code", "field", "vi", "en"),
    [
        (
            StillWaiting("X-1", OwedKind.PAPERS, NOW),
            "case-waiting",
            None,
            "đang chờ bổ sung giấy tờ từ 09:00 16/02",
            "for papers",
        ),
        (StillWaiting("X-1", OwedKind.MONEY, NOW), "case-waiting", None, "nghĩa vụ tài chính", "for a payment"),
        (NothingOwed("X-1"), "nothing-owed", None, "không chờ", "waits for no papers"),
        (AskedBefore(1), "asked-before", "again", "trễ hạn", "1 time before"),
        (AskedBefore(3), "asked-before", "again", "3 lần", "3 times before"),
        (PaperUnknown(["a", "b"]), "paper-not-of-procedure", "missing", "a, b", "a, b"),
    ],
)
def test_a_refusal_says_what_to_do(refusal: Refusal, code: str, field: str | None, vi: str, en: str) -> None:
    assert (refusal.code, refusal.field) == (code, field)
    assert vi in refusal.vi
    assert en in refusal.en
