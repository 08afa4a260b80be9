"""A withdrawal and a decision that cross, over the real handlers of both services: whatever the order, both agree on who won.

Two topics lie between the services; each keeps its order, and nothing is known of when its next event arrives.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.envelope import Attributes
from contracts.intake import DossierDecidedV1, DossierWithdrawalRefusedV1, DossierWithdrawalRequestedV1, DossierWithdrawnV1
from contracts.refusal import Refusal
from contracts.registry import EVENTS
from contracts.routing import CaseWithdrawalRefusedV1
from contracts.values import Lane, Outcome, PortalStatus, WithdrawalReason
from messaging.handler_table import Context, Decision, numbered
from services.intake.consumers import DOSSIERS
from services.intake.consumers import TABLE as INTAKE
from services.intake.domain.dossier import Dossier, Withdrawal
from services.intake.domain.stages import Stage
from services.intake.handlers.dossier import hand_over, receive
from services.intake.handlers.withdrawal import withdraw
from services.routing.consumers import TABLE as ROUTING
from services.routing.domain.assignment import Competent, Ledger
from services.routing.domain.case import Actor, Case
from services.routing.domain.history import Person
from services.routing.domain.refusals import AlreadyWithdrawn, CaseUnknown
from services.routing.domain.ruling import Ruling
from services.routing.domain.states import State
from services.routing.handlers.work import decide
from tests.support.intake_dossiers import CLERK, HERE, acceptance, submission
from tests.support.intake_events import NOW

OFFICER = Person("cb006", "Minh")
FINAL = {Stage.WITHDRAWN: State.WITHDRAWN, Stage.DECIDED: State.DECIDED, Stage.HANDED_OVER: State.DECIDED}


@dataclass
class Office:
    """Both services and the two topics between them; `said` is all that was published, `refused` what people were answered."""

    dossier: Dossier
    case: Case | None = None
    to_routing: deque[tuple[int, Any]] = field(default_factory=deque)
    to_intake: deque[tuple[int, Any]] = field(default_factory=deque)
    said: list[Any] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    @classmethod
    def with_a_dossier_accepted(cls) -> Self:
        decision = receive(submission("don", "hop-dong"), acceptance(), NOW)
        office = cls(decision.state)
        office.dossier = office.publish(decision, office.to_routing)
        return office

    def publish(self, decision: Decision[Any], topic: deque[tuple[int, Any]]) -> Any:
        state, rows = numbered(decision, NOW, correlation=None)
        events = [EVENTS[row.type].model_validate_json(row.payload) for row in rows if row.payload]
        topic.extend((row.sequence or 0, event) for row, event in zip(rows, events, strict=True))
        self.said += events
        return replace(state, pending_history=())

    def give(self, command: Callable[[], Decision[Any]], topic: deque[tuple[int, Any]]) -> Any:
        """None where it was refused."""
        try:
            return self.publish(command(), topic)
        except Refusal as refusal:
            self.refused.append(refusal)
            return None

    def ask_back(self) -> None:
        wish = Withdrawal(reason=WithdrawalReason.APPLICANT, by=CLERK)
        self.dossier = self.give(lambda: withdraw(self.dossier, wish, NOW, "Hoa"), self.to_routing) or self.dossier

    def decide(self) -> None:
        case = self.case
        if case is not None:
            ruling = Ruling(Outcome.GRANTED)
            self.case = self.give(lambda: decide(case, ruling, Actor(OFFICER, leads=False), NOW), self.to_intake) or case

    def hand_over(self) -> None:
        self.dossier = self.give(lambda: hand_over(self.dossier, NOW, CLERK), self.to_routing) or self.dossier

    def routing_reads(self) -> None:
        if self.to_routing:
            known = Ledger({HERE.id: [Competent(OFFICER)]})
            self.case = self.read(self.to_routing, ROUTING, "intake", self.case, known, self.to_intake)

    def intake_reads(self) -> None:
        if self.to_intake:
            self.dossier = self.read(self.to_intake, INTAKE, "routing", self.dossier, None, self.to_routing)

    def read(
        self, topic: deque[tuple[int, Any]], table: Any, source: str, state: Any, known: Any, answers: deque[tuple[int, Any]]
    ) -> Any:
        sequence, event = topic.popleft()
        attributes = Attributes(id="e", source=source, type=event.TYPE, subject="d-1", time=NOW, sequence=sequence)
        for entry in table.by_type.get(event.TYPE, ()):
            if entry.store is DOSSIERS or table is ROUTING:
                decision = entry.handler(state, event, Context(attributes, NOW, known, Lane.DISTRICT))
                state = state if decision is None else self.publish(decision, answers)
        return state

    def come_to_rest(self) -> None:
        while self.to_routing or self.to_intake:
            self.routing_reads()
            self.intake_reads()

    def number_of(self, kind: type[Any]) -> int:
        return sum(isinstance(event, kind) for event in self.said)


STEPS = (Office.ask_back, Office.decide, Office.hand_over, Office.routing_reads, Office.intake_reads)


@given(st.lists(st.sampled_from(STEPS), max_size=30))
def test_withdraw_and_decide_cross_in_any_order_and_both_services_agree(steps: list[Callable[[Office], None]]) -> None:
    office = Office.with_a_dossier_accepted()
    for step in steps:
        step(office)
    office.come_to_rest()
    office.decide()
    office.come_to_rest()
    assert office.case is not None
    assert office.case.state is FINAL[office.dossier.stage]
    assert office.number_of(DossierWithdrawnV1) + office.number_of(DossierDecidedV1) == 1, "one wins, and the citizen hears once"
    asked = office.number_of(DossierWithdrawalRequestedV1)
    answered = office.number_of(DossierWithdrawnV1) + office.number_of(DossierWithdrawalRefusedV1)
    assert asked == answered, "every request has its answer"
    assert not office.dossier.withdrawal_pending
    assert (office.dossier.status is PortalStatus.WITHDRAWN) == (office.dossier.withdrawn_at is not None)


def test_the_withdrawal_arrives_first_and_the_officer_is_told_who_did_what() -> None:
    office = Office.with_a_dossier_accepted()
    office.routing_reads()
    office.routing_reads()
    office.ask_back()
    office.routing_reads()
    office.decide()
    (refusal,) = office.refused
    assert isinstance(refusal, AlreadyWithdrawn)
    assert "Hoa" in refusal.vi
    office.come_to_rest()
    assert (office.dossier.stage, office.dossier.status) == (Stage.WITHDRAWN, PortalStatus.WITHDRAWN)


def test_the_decision_arrives_first_and_the_clerk_is_told_who_did_what() -> None:
    office = Office.with_a_dossier_accepted()
    office.routing_reads()
    office.routing_reads()
    office.intake_reads()
    office.decide()
    office.ask_back()
    office.come_to_rest()
    assert office.dossier.stage is Stage.DECIDED
    assert office.dossier.withdrawal is None
    refused = [event for event in office.said if isinstance(event, DossierWithdrawalRefusedV1)]
    assert [(event.by, event.decided_at) for event in refused] == [(OFFICER.id, NOW)]
    answer = next(event for event in office.said if isinstance(event, CaseWithdrawalRefusedV1))
    assert (answer.by, answer.by_name) == (OFFICER.id, OFFICER.name)


def test_it_is_asked_for_once_while_the_answer_is_awaited_and_not_at_all_once_decided() -> None:
    office = Office.with_a_dossier_accepted()
    office.ask_back()
    office.ask_back()
    assert [refusal.code for refusal in office.refused] == ["withdrawal-pending"]
    office.come_to_rest()
    office.ask_back()
    assert office.refused[-1].code == "illegal-step"
    assert office.number_of(DossierWithdrawalRequestedV1) == 1


def test_a_request_about_a_case_whose_acceptance_was_skipped_waits_for_a_person() -> None:
    office = Office.with_a_dossier_accepted()
    office.ask_back()
    office.to_routing = deque([office.to_routing[-1]])
    with pytest.raises(CaseUnknown):
        office.routing_reads()
