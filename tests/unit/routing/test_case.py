"""A case is opened once, changes by the table of transitions only, and tells one event per change."""

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.refusal import Refusal
from contracts.registry import Event
from contracts.routing import CaseAssignedV1, CaseDecidedV1, CaseOpenedV1
from contracts.values import Lane, Outcome
from messaging.handler_table import Context, Decision, numbered
from services.routing.domain.assignment import Competent, Ledger
from services.routing.domain.case import TRANSITIONS, Act, Actor, Case, Person, Ruling, State, assigned, decided
from services.routing.domain.refusals import AlreadyDecided
from services.routing.handlers import Assignee, assign, decide, open_case
from tests.support.routing_world import NOW, accepted, attributes

AN, BINH, CHI = Person("cb-an", "An"), Person("cb-binh", "Bình"), Person("cb-chi", "Chi")
LEADER, OFFICER, COLLEAGUE = Actor(CHI, leads=True), Actor(AN, leads=False), Actor(BINH, leads=False)
GRANT, DECLINE = Ruling(Outcome.GRANTED, "12/QĐ"), Ruling(Outcome.DECLINED, reason="Đất đang tranh chấp.")
LATER = NOW + timedelta(hours=3)


def opening(*officers: Person, lane: Lane = Lane.DISTRICT) -> Decision[Case]:
    event = accepted()
    ledger = Ledger({event.competent_unit.id: [Competent(person) for person in officers]})
    return opened_from(event, ledger, None, lane)


def opened_from(event: Any, ledger: Ledger, state: Case | None, lane: Lane = Lane.DISTRICT) -> Decision[Case]:
    return open_case(state, event, Context(attributes("d-1", event, 2), NOW, ledger, lane))


def kept(decision: Decision[Case]) -> Case:
    """As it is after it was saved: numbered, its history elsewhere."""
    state, _ = numbered(decision, NOW, correlation=None)
    return replace(state, new_steps=())


def in_state(state: State) -> Case:
    if state is State.UNASSIGNED:
        return kept(opening())
    held = kept(opening(AN))
    return held if state is State.ASSIGNED else kept(decide(held, GRANT, OFFICER, NOW))


def kinds(events: tuple[Event, ...]) -> list[type[Event]]:
    return [type(event) for event in events]


def test_opened_and_assigned_at_once() -> None:
    decision = opening(AN)
    case = decision.state
    assert kinds(decision.events) == [CaseOpenedV1, CaseAssignedV1]
    assert (case.id, case.state, case.officer, case.assigned_at) == ("d-1", State.ASSIGNED, AN, NOW)
    assert [(step.number, step.act, step.by) for step in case.new_steps] == [(1, Act.OPENED, None), (2, Act.ASSIGNED, None)]


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
    case = kept(opening(AN))
    with pytest.raises(Refusal, match="case-already-open"):
        opened_from(accepted(), Ledger(), case)


def test_events_carry_what_readers_need_and_no_name_of_an_applicant() -> None:
    event = accepted()
    told = opened_from(event, Ledger({event.competent_unit.id: [Competent(AN)]}), None).events[1]
    assert isinstance(told, CaseAssignedV1)
    assert (told.code, told.promised_at, told.competent_unit, told.receiving_unit) == (
        event.code, event.promised_at, event.competent_unit, event.unit,
    )  # fmt: skip
    assert (told.officer, told.officer_name, told.procedure) == ("cb-an", "An", event.procedure)


def changed(case: Case, act: Act) -> Case:
    return assigned(case, BINH, CHI, NOW) if act is Act.ASSIGNED else decided(case, GRANT, CHI, NOW)


@pytest.mark.parametrize(("state", "act"), [pair for pair in product(State, Act) if pair[1] is not Act.OPENED])
def test_every_transition_is_allowed_by_the_table_or_refused(state: State, act: Act) -> None:
    case = in_state(state)
    assert case.state is state
    if (state, act) in TRANSITIONS:
        assert changed(case, act).state is TRANSITIONS[state, act]
    else:
        with pytest.raises(AlreadyDecided):
            changed(case, act)


def test_the_table_ends_with_a_decision() -> None:
    assert {state for state, _ in TRANSITIONS} == {None, State.UNASSIGNED, State.ASSIGNED}


# --- deciding -------------------------------------------------------------------------------------------


def test_the_officer_who_has_it_decides() -> None:
    decision = decide(in_state(State.ASSIGNED), GRANT, OFFICER, LATER)
    (event,) = decision.events
    assert isinstance(event, CaseDecidedV1)
    assert (event.outcome, event.result_number, event.reason, event.by, event.at) == (
        Outcome.GRANTED, "12/QĐ", None, "cb-an", LATER,
    )  # fmt: skip
    assert decision.state.verdict is not None
    assert decision.state.new_steps[0].number == 3


@pytest.mark.parametrize("state", [State.UNASSIGNED, State.ASSIGNED])
def test_a_leader_decides_whoever_has_it(state: State) -> None:
    assert decide(in_state(state), DECLINE, LEADER, LATER).state.state is State.DECIDED


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
    assert (decision.state.officer, decision.state.assigned_at, decision.state.new_steps[0].by) == (BINH, LATER, CHI)


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


# --- commands that cross: the second meets what the first has made ----------------------------------------


def test_decide_against_decide() -> None:
    with pytest.raises(AlreadyDecided):
        decide(kept(decide(in_state(State.ASSIGNED), DECLINE, LEADER, NOW)), GRANT, OFFICER, LATER)


def test_decide_against_assign() -> None:
    with pytest.raises(AlreadyDecided):
        assign(kept(decide(in_state(State.ASSIGNED), GRANT, OFFICER, NOW)), to(BINH), LEADER, LATER)


def test_assign_against_decide() -> None:
    """Given to another meanwhile: who had it can no longer decide."""
    with pytest.raises(Refusal, match="case-somebody-elses"):
        decide(kept(assign(in_state(State.ASSIGNED), to(BINH), LEADER, NOW)), GRANT, OFFICER, LATER)


def test_assign_against_assign() -> None:
    """Two take it at once: the second is told who has it."""
    with pytest.raises(Refusal, match="case-only-leaders-reassign"):
        assign(kept(assign(in_state(State.UNASSIGNED), to(AN), OFFICER, NOW)), to(BINH), COLLEAGUE, LATER)


# --- the law of numbers -----------------------------------------------------------------------------------


commands = st.lists(st.tuples(st.sampled_from(["assign", "decide"]), st.sampled_from([LEADER, OFFICER, COLLEAGUE])), max_size=8)


@given(commands, st.sampled_from([(), (AN,)]))
def test_version_history_and_events_count_alike(commands: list[tuple[str, Actor]], officers: tuple[Person, ...]) -> None:
    first = opening(*officers)
    history, told, case = list(first.state.new_steps), list(first.events), kept(first)
    for what, by in commands:
        try:
            decision = assign(case, to(by.person), by, LATER) if what == "assign" else decide(case, GRANT, by, LATER)
        except Refusal:
            continue
        history += decision.state.new_steps
        told += decision.events
        case = kept(decision)
    assert case.version == len(told) == len(history)
    assert [step.number for step in history] == list(range(1, case.version + 1))
    assert [type(event) for event in told].count(CaseDecidedV1) <= 1
    assert isinstance(told[0], CaseOpenedV1)
