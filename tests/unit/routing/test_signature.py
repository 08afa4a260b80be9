"""A draft is submitted, taken back, returned or signed by whoever may; each pair of commands that can cross, in both orders."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from contracts.directory import PostV1, SigningV1, StaffV1
from contracts.intake import DossierWithdrawalRequestedV1
from contracts.refusal import Refusal
from contracts.registry import Event
from contracts.routing import CaseDecidedV1, CaseWithdrawalRefusedV1, CaseWithdrawnV1
from contracts.signature.routing import (
    CaseReturnedToOfficerV1,
    CaseSignedV1,
    CaseSubmittedForSignatureV1,
    CaseTakenBackV1,
    RegisterEntry,
)
from contracts.values import Lane, Outcome, Role, WithdrawalReason
from messaging.handler_table import Context, Decision, numbered
from services.routing.domain.absence import Absence
from services.routing.domain.case import Actor, Case
from services.routing.domain.history import Person
from services.routing.domain.register import NumberRegister
from services.routing.domain.ruling import Ruling
from services.routing.domain.signature import Signer, stands_in
from services.routing.domain.states import State
from services.routing.domain.stranded import NeedsHand, needs_hand
from services.routing.handlers.signature import give_back, sign, submit, take_back
from services.routing.handlers.withdrawal import withdraw
from services.routing.handlers.work import Assignee, assign, decide
from tests.support.reference_data import DISTRICT
from tests.support.routing_world import NOW, accepted, attributes

AN, BINH, CHI, DIEP = (Person(f"cb-{name.lower()}", name) for name in ("An", "Binh", "Chi", "Diep"))
OFFICER, COLLEAGUE, LEADER = Actor(AN, leads=False), Actor(BINH, leads=False), Actor(CHI, leads=True)
SIGNER, OTHER_SIGNER, NO_SIGNER = Signer(CHI, signs=True), Signer(DIEP, signs=True), Signer(BINH, signs=False)
SIGNING = SigningV1(kind="QĐ", number_format="{n}/{year}/{kind}-{unit}")
GRANT, DECLINE = Ruling(Outcome.GRANTED), Ruling(Outcome.DECLINED, reason="Đất đang tranh chấp.")
LATER = NOW + timedelta(hours=3)
REGISTER = NumberRegister(DISTRICT, "QĐ", 2026, 44)


def saved(decision: Decision[Case]) -> Case:
    case, _ = numbered(decision, NOW, correlation=None)
    return replace(case, pending_history=())


def held(officer: Person | None = AN, signing: SigningV1 | None = SIGNING) -> Case:
    event = accepted(number=7)
    return Case(
        id="d-1",
        lane=Lane.DISTRICT,
        version=2,
        code="000.00.21.H99-260216-0007",
        receiving_unit=event.unit,
        competent_unit=event.competent_unit,
        procedure=event.procedure,
        papers=(),
        accepted_at=NOW,
        promised_at=event.promised_at,
        opened_at=NOW,
        officer=officer,
        assigned_at=NOW if officer else None,
        signing=signing,
    )


def waiting(ruling: Ruling = GRANT) -> Case:
    return saved(submit(held(), ruling, OFFICER, NOW))


def signed(case: Case, by: Signer = SIGNER) -> Case:
    return saved(sign(case, REGISTER, by, LATER)[0])


def asked() -> DossierWithdrawalRequestedV1:
    facts = accepted(number=7).model_dump(include={"submission_number", "code", "unit", "procedure", "channel", "promised_at"})
    return DossierWithdrawalRequestedV1.model_validate({**facts, "status": 4, "at": NOW, "reason": WithdrawalReason.APPLICANT})


def withdrawal(case: Case) -> Decision[Case]:
    return withdraw(case, asked(), Context(attributes("d-1", asked(), 3), LATER, None, Lane.DISTRICT))


def kinds(decision: Decision[Case]) -> list[type[Event]]:
    return [type(event) for event in decision.events]


def test_a_draft_submitted_waits_and_stays_its_officers() -> None:
    decision = submit(held(), DECLINE, OFFICER, LATER)
    (event,) = decision.events
    assert isinstance(event, CaseSubmittedForSignatureV1)
    assert (event.outcome, event.by, event.officer, event.at) == (Outcome.DECLINED, "cb-an", "cb-an", LATER)
    assert "tranh chấp" not in event.model_dump_json(), "the wording comes with the decision"
    case = decision.state
    assert case.proposal is not None
    assert (case.state, case.officer, case.verdict) == (State.SUBMITTED, AN, None)
    assert (case.proposal.ruling, case.proposal.by, case.proposal.at) == (DECLINE, AN, LATER)


def test_a_signature_decides_as_drafted_and_numbers_a_grant_from_the_register() -> None:
    decision, register = sign(waiting(), REGISTER, SIGNER, LATER)
    signature, decided = decision.events
    assert isinstance(signature, CaseSignedV1)
    assert isinstance(decided, CaseDecidedV1)
    number = f"45/2026/QĐ-{DISTRICT}"
    assert (signature.result_number, signature.by, signature.officer) == (number, "cb-chi", "cb-an")
    assert (decided.result_number, decided.outcome, decided.by, decided.officer) == (number, Outcome.GRANTED, "cb-chi", "cb-an")
    assert signature.register_entry == RegisterEntry(kind="QĐ", year=2026, number=45)
    assert register == replace(REGISTER, last=45)
    verdict = decision.state.verdict
    assert verdict is not None
    assert (decision.state.state, verdict.by, verdict.at, verdict.ruling.result_number) == (State.DECIDED, CHI, LATER, number)


def test_a_refusal_signed_takes_no_number() -> None:
    decision, register = sign(waiting(DECLINE), REGISTER, SIGNER, LATER)
    decided = decision.events[1]
    assert isinstance(decided, CaseDecidedV1)
    assert (decided.result_number, decided.reason, register) == (None, DECLINE.reason, REGISTER)


def test_a_draft_returned_is_its_officers_again_and_the_comment_stays_out_of_the_event() -> None:
    decision = give_back(waiting(), "Bà Lê Thị Hoa đã nộp thuế, xem lại.", SIGNER, LATER)
    assert kinds(decision) == [CaseReturnedToOfficerV1]
    assert "Hoa" not in decision.events[0].model_dump_json()
    case, _ = numbered(decision, NOW, correlation=None)
    assert (case.state, case.proposal, case.comment) == (State.ASSIGNED, None, None)
    assert [line.comment for line in case.pending_history] == [None, "Bà Lê Thị Hoa đã nộp thuế, xem lại."][1:]
    again = saved(submit(case, GRANT, OFFICER, LATER))
    assert again.state is State.SUBMITTED


def test_a_draft_taken_back_can_be_submitted_again() -> None:
    decision = take_back(waiting(), OFFICER, LATER)
    assert kinds(decision) == [CaseTakenBackV1]
    assert submit(saved(decision), DECLINE, OFFICER, LATER).state.state is State.SUBMITTED


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda: submit(held(), GRANT, COLLEAGUE, NOW), "case-somebody-elses"),
        (lambda: submit(held(), GRANT, LEADER, NOW), "case-somebody-elses"),
        (lambda: submit(held(officer=None), GRANT, OFFICER, NOW), "case-somebody-elses"),
        (lambda: submit(held(signing=None), GRANT, OFFICER, NOW), "case-decided-alone"),
        (lambda: take_back(waiting(), COLLEAGUE, NOW), "case-somebody-elses"),
        (lambda: take_back(waiting(), LEADER, NOW), "case-somebody-elses"),
        (lambda: take_back(held(), OFFICER, NOW), "case-not-submitted"),
        (lambda: sign(waiting(), REGISTER, NO_SIGNER, NOW), "case-only-leaders-sign"),
        (lambda: sign(waiting(), REGISTER, Signer(AN, signs=True), NOW), "case-own-draft"),
        (lambda: sign(held(), REGISTER, SIGNER, NOW), "case-not-submitted"),
        (lambda: give_back(waiting(), "Sửa lại.", NO_SIGNER, NOW), "case-only-leaders-sign"),
        (lambda: give_back(held(), "Sửa lại.", SIGNER, NOW), "case-not-submitted"),
        (lambda: decide(held(), GRANT, OFFICER, NOW), "case-needs-signature"),
        (lambda: decide(held(), GRANT, LEADER, NOW), "case-needs-signature"),
        (lambda: decide(waiting(), GRANT, LEADER, NOW), "case-waits-for-signature"),
        (lambda: submit(waiting(), GRANT, OFFICER, NOW), "case-waits-for-signature"),
    ],
)
def test_who_may_not_do_what(act: Callable[[], object], code: str) -> None:
    with pytest.raises(Refusal, match=code):
        act()


def test_where_the_officer_decides_alone_nothing_changes() -> None:
    assert decide(held(signing=None), Ruling(Outcome.GRANTED, "12/QĐ"), OFFICER, NOW).state.state is State.DECIDED


def test_a_draft_whose_officer_has_left_needs_a_hand_as_any_case_does() -> None:
    assert needs_hand(waiting(), None) is NeedsHand.LEFT


# --- who stands in ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "role", "first", "last", "active", "signs"),
    [
        (DISTRICT, Role.LEADER, 0, 0, True, True),
        (DISTRICT, Role.LEADER, -3, 0, False, True),
        (DISTRICT, Role.LEADER, 1, 3, True, False),
        (DISTRICT, Role.LEADER, -3, -1, True, False),
        (DISTRICT, Role.OFFICER, 0, 0, True, False),
        ("H99.21.05.13", Role.LEADER, 0, 0, True, False),
    ],
)
def test_the_deputy_of_a_leader_who_is_away_today_signs(
    unit: str, role: Role, first: int, last: int, *, active: bool, signs: bool
) -> None:
    today = date(2026, 2, 16)
    absence = Absence(
        officer="cb-chi",
        deputy="cb-binh",
        first_day=today + timedelta(days=first),
        last_day=today + timedelta(days=last),
        noted_by="cb-chi",
    )
    absent = StaffV1(
        id="cb-chi", username="chi", name="Chi", active=active, tokens_valid_from=NOW, posts=[PostV1(unit=unit, role=role)]
    )
    assert stands_in(absence, absent, DISTRICT, NOW) is signs
    assert stands_in(absence, None, DISTRICT, NOW) is False


# --- commands that cross: the second meets what the first has made ----------------------------------------


def test_sign_against_withdraw() -> None:
    """Signed first: the signature stands, and intake hears so."""
    assert kinds(withdrawal(signed(waiting()))) == [CaseWithdrawalRefusedV1]


def test_withdraw_against_sign() -> None:
    """Withdrawn first: nothing is signed, and no number is taken."""
    decision = withdrawal(waiting())
    assert kinds(decision) == [CaseWithdrawnV1]
    with pytest.raises(Refusal, match="case-withdrawn"):
        signed(saved(decision))


def test_sign_against_take_back() -> None:
    with pytest.raises(Refusal, match="case-already-decided"):
        take_back(signed(waiting()), OFFICER, LATER)


def test_take_back_against_sign() -> None:
    with pytest.raises(Refusal, match="case-not-submitted"):
        signed(saved(take_back(waiting(), OFFICER, LATER)))


def test_sign_against_return() -> None:
    with pytest.raises(Refusal, match="case-already-decided"):
        give_back(signed(waiting()), "Sửa lại.", OTHER_SIGNER, LATER)


def test_return_against_sign() -> None:
    with pytest.raises(Refusal, match="case-not-submitted"):
        signed(saved(give_back(waiting(), "Sửa lại.", OTHER_SIGNER, LATER)))


def test_return_against_take_back_and_the_other_way_round() -> None:
    with pytest.raises(Refusal, match="case-not-submitted"):
        take_back(saved(give_back(waiting(), "Sửa lại.", SIGNER, LATER)), OFFICER, LATER)
    with pytest.raises(Refusal, match="case-not-submitted"):
        give_back(saved(take_back(waiting(), OFFICER, LATER)), "Sửa lại.", SIGNER, LATER)


def test_two_leaders_sign_at_once() -> None:
    """The second is refused, so the register has given one number."""
    decision, register = sign(waiting(), REGISTER, SIGNER, LATER)
    with pytest.raises(Refusal, match="case-already-decided"):
        sign(saved(decision), register, OTHER_SIGNER, LATER)
    assert register == replace(REGISTER, last=45)


def test_submit_against_reassign() -> None:
    """Submitted first: whoever gets it drafts anew, and nobody signs what the other officer wrote."""
    case = saved(assign(waiting(), Assignee(BINH, officer_here=True), LEADER, LATER))
    assert (case.state, case.officer, case.proposal) == (State.ASSIGNED, BINH, None)
    with pytest.raises(Refusal, match="case-not-submitted"):
        signed(case)


def test_reassign_against_submit() -> None:
    case = saved(assign(held(), Assignee(BINH, officer_here=True), LEADER, LATER))
    with pytest.raises(Refusal, match="case-somebody-elses"):
        submit(case, GRANT, OFFICER, LATER)
