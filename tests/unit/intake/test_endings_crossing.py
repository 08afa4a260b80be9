"""A stop or an extension crosses what others do: one decider wins, the other is told by whom, and both services agree at rest.

The real handlers of intake and routing run over their real tables of events, in any order of steps and arrivals.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.endings.ground import ExtensionGround, StopGround
from contracts.endings.intake import DossierExtendedV1, DossierStoppedV1
from contracts.intake import (
    DossierDecidedV1,
    DossierWithdrawalRefusedV1,
    DossierWithdrawalRequestedV1,
    DossierWithdrawnV1,
)
from contracts.values import PortalStatus
from services.intake.domain.endings import Extension
from services.intake.domain.stages import Stage
from services.routing.domain.case import Actor
from services.routing.domain.extension import AskedExtension, ExtensionPending, ExtensionsUsedUp
from services.routing.domain.history import Person
from services.routing.domain.refusals import AlreadyDecided, AlreadyWithdrawn
from services.routing.domain.states import State
from services.routing.domain.stop import AlreadyStopped
from services.routing.handlers.extension import answer, ask
from services.routing.handlers.stop import stop
from tests.support.intake_dossiers import accepted
from tests.support.intake_events import NOW
from tests.unit.intake.test_withdrawal_crossing import FINAL, OFFICER, Office

LEADER = Person("cb009", "Lan")
UNTIL = NOW + timedelta(days=60)
ENDS = FINAL | {Stage.STOPPED: State.STOPPED}
ANSWERS = (DossierWithdrawnV1, DossierDecidedV1, DossierStoppedV1)


@dataclass
class StoppingOffice(Office):
    def stop(self) -> None:
        case = self.case
        if case is not None:
            by = Actor(LEADER, leads=True)
            stopped = self.give(lambda: stop(case, StopGround.OTHER, "Đang tranh chấp.", by, NOW), self.to_intake)
            self.case = stopped or case

    def ask_for_time(self) -> None:
        case = self.case
        if case is not None:
            asked = AskedExtension(ground=ExtensionGround.WORKLOAD, until=UNTIL, at=NOW, by=OFFICER)
            by = Actor(OFFICER, leads=False)
            self.case = self.give(lambda: ask(case, asked, by, 1), self.to_intake) or case

    def confirm(self) -> None:
        case = self.case
        if case is not None:
            self.case = self.give(lambda: answer(case, Actor(LEADER, leads=True), NOW, confirm=True), self.to_intake) or case

    def refuse_time(self) -> None:
        case = self.case
        if case is not None:
            self.case = self.give(lambda: answer(case, Actor(LEADER, leads=True), NOW, confirm=False), self.to_intake) or case


STEPS = (
    StoppingOffice.stop,
    StoppingOffice.ask_for_time,
    StoppingOffice.confirm,
    StoppingOffice.refuse_time,
    StoppingOffice.ask_back,
    StoppingOffice.decide,
    StoppingOffice.hand_over,
    StoppingOffice.routing_reads,
    StoppingOffice.intake_reads,
)


def office() -> StoppingOffice:
    """Its case is open, and intake knows it."""
    made = StoppingOffice.with_a_dossier_accepted()
    made.come_to_rest()
    return made


@given(st.lists(st.sampled_from(STEPS), max_size=30))
def test_stop_extend_withdraw_and_decide_cross_in_any_order_and_both_services_agree(
    steps: list[Callable[[StoppingOffice], None]],
) -> None:
    made = StoppingOffice.with_a_dossier_accepted()
    for step in steps:
        step(made)
    made.come_to_rest()
    made.stop()
    made.come_to_rest()
    assert made.case is not None
    assert made.case.state is ENDS[made.dossier.stage]
    assert sum(made.number_of(kind) for kind in ANSWERS) == 1, "one wins, and the citizen hears once"
    asked = made.number_of(DossierWithdrawalRequestedV1)
    assert asked == made.number_of(DossierWithdrawnV1) + made.number_of(DossierWithdrawalRefusedV1), "each has its answer"
    assert not made.dossier.withdrawal_pending
    assert made.dossier.promised_at == made.case.promised_at, "one promise, in both services"
    assert made.number_of(DossierExtendedV1) == made.case.extensions <= 1
    assert (made.dossier.extension is not None) == (made.dossier.promised_at == UNTIL)
    assert (made.dossier.status is PortalStatus.STOPPED) == (made.dossier.stop is not None)


def test_withdraw_against_stop_the_request_comes_first() -> None:
    made = office()
    made.ask_back()
    made.routing_reads()
    made.stop()
    (refusal,) = made.refused
    assert isinstance(refusal, AlreadyWithdrawn)
    made.come_to_rest()
    assert made.dossier.stage is Stage.WITHDRAWN


def test_withdraw_against_stop_the_stop_comes_first_and_the_clerk_is_told_by_whom() -> None:
    made = office()
    made.ask_back()
    made.stop()
    made.come_to_rest()
    assert (made.dossier.stage, made.dossier.withdrawal) == (Stage.STOPPED, None)
    (answer,) = [event for event in made.said if isinstance(event, DossierWithdrawalRefusedV1)]
    assert (answer.by, answer.decided_at, answer.status) == (LEADER.id, NOW, PortalStatus.STOPPED)


def test_stop_against_decide_the_stop_comes_first() -> None:
    made = office()
    made.stop()
    made.decide()
    (refusal,) = made.refused
    assert isinstance(refusal, AlreadyStopped)
    assert "Lan" in refusal.vi
    made.come_to_rest()
    assert (made.dossier.stage, made.dossier.status) == (Stage.STOPPED, PortalStatus.STOPPED)


def test_stop_against_decide_the_decision_comes_first() -> None:
    made = office()
    made.decide()
    made.stop()
    assert [type(refusal) for refusal in made.refused] == [AlreadyDecided]
    made.come_to_rest()
    assert made.dossier.stage is Stage.DECIDED
    assert made.dossier.stop is None


@pytest.mark.parametrize("read", [True, False], ids=["intake has heard", "intake has not heard"])
def test_stopped_twice_is_refused_the_second_time(read: bool) -> None:
    made = office()
    made.stop()
    if read:
        made.intake_reads()
    made.stop()
    assert [type(refusal) for refusal in made.refused] == [AlreadyStopped]
    made.come_to_rest()
    assert made.number_of(DossierStoppedV1) == 1


def test_what_was_said_in_words_stays_with_the_dossier_and_is_in_no_fact_of_intake() -> None:
    made = office()
    made.stop()
    made.come_to_rest()
    assert made.dossier.stop is not None
    assert (made.dossier.stop.details, made.dossier.stop.by) == ("Đang tranh chấp.", LEADER.id)
    (fact,) = [event for event in made.said if isinstance(event, DossierStoppedV1)]
    assert "tranh chấp" not in fact.model_dump_json()


def test_extend_against_decide_the_decision_comes_first_and_nothing_is_promised_anew() -> None:
    made = office()
    made.ask_for_time()
    made.decide()
    made.confirm()
    assert [type(refusal) for refusal in made.refused] == [AlreadyDecided]
    made.come_to_rest()
    assert (made.dossier.stage, made.dossier.extension) == (Stage.DECIDED, None)


def test_extend_against_decide_the_extension_comes_first() -> None:
    made = office()
    made.ask_for_time()
    made.confirm()
    made.decide()
    made.come_to_rest()
    assert (made.dossier.stage, made.dossier.promised_at) == (Stage.DECIDED, UNTIL)
    assert made.refused == []


def test_extend_against_withdraw_the_withdrawal_comes_first() -> None:
    made = office()
    made.ask_for_time()
    made.ask_back()
    made.routing_reads()
    made.confirm()
    assert [type(refusal) for refusal in made.refused] == [AlreadyWithdrawn]
    made.come_to_rest()
    assert (made.dossier.stage, made.number_of(DossierExtendedV1)) == (Stage.WITHDRAWN, 0)


def test_extend_against_withdraw_the_extension_comes_first() -> None:
    made = office()
    made.ask_for_time()
    made.ask_back()
    made.confirm()
    made.come_to_rest()
    assert made.dossier.stage is Stage.WITHDRAWN
    assert made.number_of(DossierExtendedV1) == 1, "the apology was owed when it was given"


def test_extend_against_stop_the_stop_comes_first() -> None:
    made = office()
    made.ask_for_time()
    made.stop()
    made.confirm()
    assert [type(refusal) for refusal in made.refused] == [AlreadyStopped]


def test_extension_asked_twice_is_asked_once_and_given_once() -> None:
    made = office()
    made.ask_for_time()
    made.ask_for_time()
    made.confirm()
    made.ask_for_time()
    assert [type(refusal) for refusal in made.refused] == [ExtensionPending, ExtensionsUsedUp]
    made.come_to_rest()
    assert made.number_of(DossierExtendedV1) == 1


def test_what_a_leader_refused_may_be_asked_for_again_and_moves_nothing() -> None:
    made = office()
    made.ask_for_time()
    made.refuse_time()
    made.come_to_rest()
    assert made.number_of(DossierExtendedV1) == 0
    made.ask_for_time()
    assert made.refused == []


def test_no_calendar_moves_a_date_that_was_given_with_an_apology() -> None:
    before = accepted(explanation={"provisional": True, "calendar": "c", "known_until": None})
    assert before.provisional is not None
    given = Extension(ground=ExtensionGround.WORKLOAD, previous_at=NOW, at=NOW, by=LEADER.id)
    after = accepted(explanation=before.explanation, extension=given)
    assert after.provisional is None
    assert after.why_this_date("vi") == [], "what was counted explains another date"
