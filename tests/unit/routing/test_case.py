"""A case is opened once, changes by the table of transitions only, and publishes one event per change."""

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.directory import SigningV1
from contracts.endings.ground import StopGround
from contracts.endings.routing import CaseStoppedV1
from contracts.intake import DossierRescheduledV1, Provisional
from contracts.refusal import Refusal
from contracts.registry import Event
from contracts.routing import CaseAssignedV1, CaseDecidedV1, CaseOpenedV1
from contracts.supplements import OwedKind
from contracts.values import Lane, Outcome, WithdrawalReason
from messaging.handler_table import Context, Decision, numbered
from services.routing.domain.assignment import Competent, Ledger
from services.routing.domain.case import Actor, Case, assigned, decided, withdrawn
from services.routing.domain.history import HistoryLine, Person, Transition
from services.routing.domain.pause import Pause
from services.routing.domain.refusals import AlreadyDecided, AlreadyWithdrawn
from services.routing.domain.ruling import Proposal, Ruling, Verdict, Withdrawal
from services.routing.domain.signature_refusals import WaitsForSignature
from services.routing.domain.states import TRANSITIONS, State
from services.routing.domain.stop import AlreadyStopped
from services.routing.domain.supplement_refusals import StillWaiting
from services.routing.handlers.arrival import open_case, reschedule
from services.routing.handlers.stop import stop
from services.routing.handlers.work import Assignee, assign, decide
from tests.support.routing_world import NOW, accepted, attributes

AN, BINH, CHI = Person("cb-an", "An"), Person("cb-binh", "Bình"), Person("cb-chi", "Chi")
LEADER, OFFICER, COLLEAGUE = Actor(CHI, leads=True), Actor(AN, leads=False), Actor(BINH, leads=False)
GRANT, DECLINE = Ruling(Outcome.GRANTED, "12/QĐ"), Ruling(Outcome.DECLINED, reason="Đất đang tranh chấp.")
LATER = NOW + timedelta(hours=3)
SIGNING = SigningV1(kind="QĐ", number_format="{n}/{kind}")
ASKED = Withdrawal(reason=WithdrawalReason.APPLICANT, at=LATER, by=Person("cb-hoa", "Hoa"))


def opening(*officers: Person, lane: Lane = Lane.DISTRICT) -> Decision[Case]:
    event = accepted()
    ledger = Ledger({event.competent_unit.id: [Competent(person) for person in officers]})
    return opened_from(event, ledger, None, lane)


def opened_from(event: Any, ledger: Ledger, state: Case | None, lane: Lane = Lane.DISTRICT) -> Decision[Case]:
    return open_case(state, event, Context(attributes("d-1", event, 2), NOW, ledger, lane))


def recorded(decision: Decision[Case]) -> Case:
    """With its events numbered, and their lines of history pending."""
    case, _ = numbered(decision, NOW, correlation=None)
    return case


def saved(decision: Decision[Case]) -> Case:
    """As it is loaded again: its history stands elsewhere."""
    return replace(recorded(decision), pending_history=())


def last_line(decision: Decision[Case]) -> HistoryLine:
    return recorded(decision).pending_history[-1]


def in_state(state: State) -> Case:
    if state is State.UNASSIGNED:
        return saved(opening())
    held = saved(opening(AN))
    if state is State.WITHDRAWN:
        return withdrawn(held, ASKED)
    if state is State.WAITING:
        return replace(held, pause=Pause(owed=OwedKind.MONEY, since=NOW, number=1, by=AN, amount=50_000))
    if state is State.STOPPED:
        return saved(stop(held, StopGround.ASKED_BY_AGENCY, None, LEADER, LATER))
    if state is State.SUBMITTED:
        return replace(held, signing=SIGNING, proposal=Proposal(GRANT, NOW, AN))
    return held if state is State.ASSIGNED else saved(decide(held, GRANT, OFFICER, NOW))


def kinds(events: tuple[Event, ...]) -> list[type[Event]]:
    return [type(event) for event in events]


def test_opened_and_assigned_at_once() -> None:
    decision = opening(AN)
    case = decision.state
    assert kinds(decision.events) == [CaseOpenedV1, CaseAssignedV1]
    assert (case.id, case.state, case.officer, case.assigned_at) == ("d-1", State.ASSIGNED, AN, NOW)
    assert recorded(decision).pending_history == (
        HistoryLine(number=1, transition=Transition.OPENED, at=NOW),
        HistoryLine(number=2, transition=Transition.ASSIGNED, at=NOW, officer=AN),
    )


def test_without_a_competent_officer_it_is_opened_and_nobody_has_it() -> None:
    decision = opening()
    assert kinds(decision.events) == [CaseOpenedV1]
    assert (decision.state.state, decision.state.officer) == (State.UNASSIGNED, None)


@pytest.mark.parametrize("lane", Lane)
def test_a_case_keeps_its_dossiers_lane_whoever_is_competent(lane: Lane) -> None:
    decision = opening(AN, lane=lane)
    _, rows = numbered(decision, NOW, correlation=None)
    assert {(row.lane, row.topic.name(row.lane)) for row in rows} == {(lane, f"routing.cases.{lane}")}


def test_a_second_acceptance_is_refused() -> None:
    case = saved(opening(AN))
    with pytest.raises(Refusal, match="case-already-open"):
        opened_from(accepted(), Ledger(), case)


def test_events_carry_what_readers_need_and_no_name_of_an_applicant() -> None:
    event = accepted()
    fact = opened_from(event, Ledger({event.competent_unit.id: [Competent(AN)]}), None).events[1]
    assert isinstance(fact, CaseAssignedV1)
    assert (fact.code, fact.promised_at, fact.competent_unit, fact.receiving_unit) == (
        event.code, event.promised_at, event.competent_unit, event.unit,
    )  # fmt: skip
    assert (fact.officer, fact.officer_name, fact.by, fact.procedure) == ("cb-an", "An", None, event.procedure)


REFUSED_BY = {
    State.DECIDED: AlreadyDecided,
    State.WITHDRAWN: AlreadyWithdrawn,
    State.STOPPED: AlreadyStopped,
    State.WAITING: StillWaiting,
    State.SUBMITTED: WaitsForSignature,
}


def changed(case: Case, transition: Transition) -> Case:
    if transition is Transition.WITHDRAWN:
        return withdrawn(case, ASKED)
    if transition is Transition.STOPPED:
        return stop(case, StopGround.ASKED_BY_AGENCY, None, LEADER, LATER).state
    return assigned(case, BINH, NOW) if transition is Transition.ASSIGNED else decided(case, GRANT, CHI, NOW)


@pytest.mark.parametrize(
    ("state", "transition"),
    list(product(State, [Transition.ASSIGNED, Transition.DECIDED, Transition.WITHDRAWN, Transition.STOPPED])),
)
def test_every_transition_is_allowed_by_the_table_or_refused(state: State, transition: Transition) -> None:
    case = in_state(state)
    assert case.state is state
    if (state, transition) in TRANSITIONS:
        assert changed(case, transition).state is TRANSITIONS[state, transition]
    else:
        with pytest.raises(REFUSED_BY[state]):
            changed(case, transition)


def test_the_table_ends_with_a_decision_a_withdrawal_or_a_stop() -> None:
    assert {state for (state, _), after in TRANSITIONS.items() if after is not state} == {
        None,
        State.UNASSIGNED,
        State.ASSIGNED,
        State.WAITING,
        State.SUBMITTED,
    }


# --- deciding -------------------------------------------------------------------------------------------


def test_the_officer_who_has_it_decides() -> None:
    decision = decide(in_state(State.ASSIGNED), GRANT, OFFICER, LATER)
    (event,) = decision.events
    assert isinstance(event, CaseDecidedV1)
    assert (event.outcome, event.result_number, event.reason, event.by, event.at) == (
        Outcome.GRANTED, "12/QĐ", None, "cb-an", LATER,
    )  # fmt: skip
    assert decision.state.verdict == Verdict(GRANT, LATER, AN)
    assert last_line(decision) == HistoryLine(number=3, transition=Transition.DECIDED, at=LATER, by=AN, officer=AN)


@pytest.mark.parametrize("state", [State.UNASSIGNED, State.ASSIGNED])
def test_a_leader_decides_whoever_has_it(state: State) -> None:
    case = in_state(state)
    decision = decide(case, DECLINE, LEADER, LATER)
    assert decision.state.state is State.DECIDED
    line = last_line(decision)
    assert (line.transition, line.by, line.officer) == (Transition.DECIDED, CHI, case.officer)


@pytest.mark.parametrize("state", [State.UNASSIGNED, State.ASSIGNED])
def test_a_colleague_does_not_decide(state: State) -> None:
    with pytest.raises(Refusal, match="case-somebody-elses"):
        decide(in_state(state), GRANT, COLLEAGUE, LATER)


@pytest.mark.parametrize(
    ("outcome", "number", "reason", "code"),
    [
        (Outcome.DECLINED, None, None, "reason-missing"),
        (Outcome.DECLINED, None, "", "reason-missing"),
        (Outcome.DECLINED, "1", "Vì thế.", "number-without-grant"),
        (Outcome.GRANTED, None, "Vì thế.", "reason-without-decline"),
    ],
)
def test_an_impossible_ruling_cannot_be_written_down(outcome: Outcome, number: str | None, reason: str | None, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        Ruling(outcome, number, reason)


# --- assigning ------------------------------------------------------------------------------------------


def to(person: Person, *, here: bool = True) -> Assignee:
    return Assignee(person, officer_here=here)


def test_a_leader_gives_it_to_another() -> None:
    decision = assign(in_state(State.ASSIGNED), to(BINH), LEADER, LATER)
    assert kinds(decision.events) == [CaseAssignedV1]
    assert (decision.state.officer, decision.state.assigned_at) == (BINH, LATER)
    assert last_line(decision) == HistoryLine(number=3, transition=Transition.ASSIGNED, at=LATER, by=CHI, officer=BINH)


def test_an_officer_takes_what_nobody_has() -> None:
    assert assign(in_state(State.UNASSIGNED), to(AN), OFFICER, LATER).state.officer == AN


@pytest.mark.parametrize(
    ("state", "person", "by", "code"),
    [
        (State.UNASSIGNED, BINH, OFFICER, "case-only-leaders-reassign"),
        (State.ASSIGNED, BINH, COLLEAGUE, "case-only-leaders-reassign"),
        (State.ASSIGNED, BINH, OFFICER, "case-only-leaders-reassign"),
        (State.ASSIGNED, AN, LEADER, "case-already-theirs"),
        (State.DECIDED, BINH, LEADER, "case-already-decided"),
        (State.DECIDED, AN, OFFICER, "case-already-decided"),
    ],
)
def test_who_may_not_assign_what(state: State, person: Person, by: Actor, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        assign(in_state(state), to(person), by, LATER)


@pytest.mark.parametrize("by", [LEADER, OFFICER])
def test_only_to_an_active_officer_of_the_unit(by: Actor) -> None:
    with pytest.raises(Refusal, match="officer-not-here"):
        assign(in_state(State.UNASSIGNED), to(by.person, here=False), by, LATER)


# --- stopping -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.UNASSIGNED, State.ASSIGNED])
def test_a_leader_stops_it_whoever_has_it_and_the_event_says_on_which_ground(state: State) -> None:
    case = in_state(state)
    decision = stop(case, StopGround.OTHER, "Đất đang tranh chấp.", LEADER, LATER)
    (event,) = decision.events
    assert isinstance(event, CaseStoppedV1)
    assert (event.ground, event.details, event.by, event.by_name, event.at, event.officer) == (
        StopGround.OTHER, "Đất đang tranh chấp.", "cb-chi", "Chi", LATER, case.officer and case.officer.id,
    )  # fmt: skip
    assert decision.state.state is State.STOPPED
    assert decision.state.closed
    line = last_line(decision)
    assert (line.transition, line.by, line.officer) == (Transition.STOPPED, CHI, case.officer)


@pytest.mark.parametrize("by", [OFFICER, COLLEAGUE])
@pytest.mark.parametrize("state", State)
def test_who_does_not_lead_the_unit_stops_nothing(state: State, by: Actor) -> None:
    with pytest.raises(Refusal, match="case-only-leaders-stop") as refused:
        stop(in_state(state), StopGround.ASKED_BY_AGENCY, None, by, LATER)
    assert refused.value.status == 403


@pytest.mark.parametrize("details", [None, ""])
def test_another_ground_is_stated_in_words(details: str | None) -> None:
    with pytest.raises(Refusal, match="stop-details-missing") as refused:
        stop(in_state(State.ASSIGNED), StopGround.OTHER, details, LEADER, LATER)
    assert (refused.value.status, refused.value.field) == (422, "details")


def test_who_finds_it_stopped_is_told_by_whom() -> None:
    with pytest.raises(AlreadyStopped) as refused:
        decide(in_state(State.STOPPED), GRANT, OFFICER, LATER)
    assert "Chi" in refused.value.vi
    assert "Chi" in refused.value.en


# --- commands that cross: the second meets what the first has made ----------------------------------------


def test_decide_against_decide() -> None:
    with pytest.raises(AlreadyDecided):
        decide(saved(decide(in_state(State.ASSIGNED), DECLINE, LEADER, NOW)), GRANT, OFFICER, LATER)


def test_decide_against_assign() -> None:
    with pytest.raises(AlreadyDecided):
        assign(saved(decide(in_state(State.ASSIGNED), GRANT, OFFICER, NOW)), to(BINH), LEADER, LATER)


def test_assign_against_decide() -> None:
    """Given to another meanwhile: who had it can no longer decide."""
    with pytest.raises(Refusal, match="case-somebody-elses"):
        decide(saved(assign(in_state(State.ASSIGNED), to(BINH), LEADER, NOW)), GRANT, OFFICER, LATER)


def test_assign_against_assign() -> None:
    """Two take it at once: the second has to ask a leader."""
    with pytest.raises(Refusal, match="case-only-leaders-reassign"):
        assign(saved(assign(in_state(State.UNASSIGNED), to(AN), OFFICER, NOW)), to(BINH), COLLEAGUE, LATER)


# --- the law of numbers -----------------------------------------------------------------------------------


commands = st.lists(st.tuples(st.sampled_from(["assign", "decide"]), st.sampled_from([LEADER, OFFICER, COLLEAGUE])), max_size=8)


@given(commands, st.sampled_from([(), (AN,)]))
def test_version_history_and_events_count_alike(commands: list[tuple[str, Actor]], officers: tuple[Person, ...]) -> None:
    decision = opening(*officers)
    events, case, history = list(decision.events), recorded(decision), list(recorded(decision).pending_history)
    for name, by in commands:
        try:
            decision = assign(case, to(by.person), by, LATER) if name == "assign" else decide(case, GRANT, by, LATER)
        except Refusal:
            continue
        events += decision.events
        # Two events may come before the case is saved once, or one.
        case = recorded(decision) if by.leads else saved(decision)
        history = [*history, *recorded(decision).pending_history[-len(decision.events) :]]
    assert case.version == len(events) == len(history)
    assert [line.number for line in history] == list(range(1, case.version + 1))
    assert [line.transition for line in history] == [Transition.of(type(event)) for event in events]
    assert [type(event) for event in events].count(CaseDecidedV1) <= 1
    assert isinstance(events[0], CaseOpenedV1)


@pytest.mark.parametrize("provisional", [None, Provisional(calendar="mot-cua")])
def test_a_date_that_intake_counts_again_is_the_case_s_date_and_publishes_nothing(provisional: Provisional | None) -> None:
    facts = accepted().model_dump(exclude={"promised_at", "provisional"})
    event = DossierRescheduledV1.model_validate({**facts, "promised_at": LATER, "previous_at": NOW, "provisional": provisional})
    context = Context(attributes("d-1", event, 3), NOW, Ledger({}), Lane.DISTRICT)
    case = replace(recorded(opening(AN)), provisional=Provisional(calendar="older"))
    decision = reschedule(case, event, context)
    assert decision == Decision(replace(case, promised_at=LATER, provisional=provisional))
    assert reschedule(None, event, context) is None, "its acceptance was skipped: there is no case"
