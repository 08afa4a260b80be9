"""Who may do what with a case, which rulings make sense, and how a batch keeps count of whom it gave what."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.values import Lane, Outcome
from services.routing.domain.assignment import Competent, Ledger, Load
from services.routing.domain.case import Actor, Case, Person, decided, may_assign, may_decide
from services.routing.domain.refusals import (
    AlreadyDecided,
    AlreadyTheirs,
    NumberWithoutGrant,
    OnlyLeadersReassign,
    ReasonMissing,
    ReasonWithoutDecline,
    SomebodyElses,
)
from services.routing.domain.ruling import Ruling, Verdict
from services.routing.domain.states import State
from tests.support.routing_world import NOW, accepted

AN, BINH, CHI = Person("cb-an", "An"), Person("cb-binh", "Bình"), Person("cb-chi", "Chi")
LATER = NOW + timedelta(hours=3)


def case_of(officer: Person | None, **changes: Any) -> Case:
    event = accepted(number=7)
    known = {
        "id": "d-1",
        "lane": Lane.DISTRICT,
        "version": 2,
        "code": event.code,
        "receiving_unit": event.unit,
        "competent_unit": event.competent_unit,
        "procedure": event.procedure,
        "papers": (),
        "accepted_at": NOW,
        "promised_at": event.promised_at,
        "opened_at": NOW,
        "officer": officer,
    }
    return Case(**(known | changes))


@pytest.mark.parametrize(
    ("ruling", "refusal"),
    [
        ({"outcome": Outcome.GRANTED}, None),
        ({"outcome": Outcome.GRANTED, "result_number": "12/QĐ"}, None),
        ({"outcome": Outcome.DECLINED, "reason": "Đất đang tranh chấp."}, None),
        ({"outcome": Outcome.DECLINED}, ReasonMissing),
        ({"outcome": Outcome.DECLINED, "reason": ""}, ReasonMissing),
        ({"outcome": Outcome.GRANTED, "reason": "Đủ."}, ReasonWithoutDecline),
        ({"outcome": Outcome.DECLINED, "reason": "Đất đang tranh chấp.", "result_number": "12/QĐ"}, NumberWithoutGrant),
    ],
)
def test_a_ruling_states_what_belongs_to_it(ruling: dict[str, Any], refusal: type[Exception] | None) -> None:
    if refusal is None:
        made = Ruling(**ruling)
        assert {name: getattr(made, name) for name in ruling} == ruling
    else:
        with pytest.raises(refusal):
            Ruling(**ruling)


def test_a_decision_keeps_ruling_time_and_decider() -> None:
    ruling = Ruling(Outcome.GRANTED, "12/QĐ")
    case = decided(case_of(AN), ruling, AN, LATER)
    assert case.verdict == Verdict(ruling, LATER, AN)
    assert (case.state, case.officer) == (State.DECIDED, AN)


def test_what_is_decided_is_not_touched_again_and_named_by_its_code() -> None:
    case = decided(case_of(AN), Ruling(Outcome.GRANTED), AN, LATER)
    for again in (lambda: decided(case, Ruling(Outcome.GRANTED), AN, LATER), lambda: may_decide(case, Actor(AN, leads=True))):
        with pytest.raises(AlreadyDecided, match=case.code):
            again()
    with pytest.raises(AlreadyDecided, match=case.code):
        may_assign(case, BINH, Actor(CHI, leads=True))


@pytest.mark.parametrize(
    ("holder", "to", "by", "leads", "refusal"),
    [
        (None, AN, AN, False, None),
        (None, BINH, AN, False, OnlyLeadersReassign),
        (BINH, AN, AN, False, OnlyLeadersReassign),
        (None, BINH, CHI, True, None),
        (AN, BINH, CHI, True, None),
        (AN, AN, CHI, True, AlreadyTheirs),
        (AN, AN, AN, False, AlreadyTheirs),
    ],
)
def test_who_may_give_a_case_to_whom(
    holder: Person | None, to: Person, by: Person, *, leads: bool, refusal: type[Exception] | None
) -> None:
    if refusal is None:
        may_assign(case_of(holder), to, Actor(by, leads=leads))
        return
    with pytest.raises(refusal) as refused:
        may_assign(case_of(holder), to, Actor(by, leads=leads))
    assert refusal is not AlreadyTheirs or refused.value.en == "An already has this case."


@pytest.mark.parametrize(
    ("holder", "by", "leads", "sentence"),
    [
        (AN, AN, False, None),
        (AN, CHI, True, None),
        (None, CHI, True, None),
        (AN, BINH, False, "An works on this case."),
        (None, BINH, False, "Nobody has this case yet. Take it before you decide it."),
    ],
)
def test_who_may_decide_a_case(holder: Person | None, by: Person, *, leads: bool, sentence: str | None) -> None:
    if sentence is None:
        may_decide(case_of(holder), Actor(by, leads=leads))
        return
    with pytest.raises(SomebodyElses) as refused:
        may_decide(case_of(holder), Actor(by, leads=leads))
    assert refused.value.en == sentence


def test_the_ledger_notes_count_time_and_turn() -> None:
    posts = {"u": [Competent(AN, frozenset({"x", "both"})), Competent(BINH, frozenset({"y", "both"}))]}
    ledger = Ledger(posts, {"cb-an": Load(4, NOW), "cb-binh": Load(4, NOW)})
    assert ledger.assign("u", "y", LATER) == BINH
    assert ledger.assign("u", "x", LATER) == AN
    assert ledger.loads == {"cb-binh": Load(5, LATER, 1), "cb-an": Load(5, LATER, 2)}
    assert ledger.assign("u", "both", LATER) == BINH
    assert ledger.loads["cb-binh"] == Load(6, LATER, 3)
