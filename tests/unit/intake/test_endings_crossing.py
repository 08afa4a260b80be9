"""A stop crosses what others do: one decider wins, the other is told who did what, and both services agree at rest.

The real handlers of intake and routing run over their real tables of events, in any order of steps and arrivals.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.endings.ground import StopGround
from contracts.endings.intake import DossierStoppedV1
from contracts.intake import (
    DossierDecidedV1,
    DossierWithdrawalRefusedV1,
    DossierWithdrawalRequestedV1,
    DossierWithdrawnV1,
)
from contracts.values import PortalStatus
from services.intake.domain.stages import Stage
from services.routing.domain.case import Actor, State
from services.routing.domain.history import Person
from services.routing.domain.refusals import AlreadyDecided, AlreadyWithdrawn
from services.routing.domain.stop import AlreadyStopped
from services.routing.handlers.stop import stop
from tests.support.intake_events import NOW
from tests.unit.intake.test_withdrawal_crossing import FINAL, Office

LEADER = Person("cb009", "Lan")
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


STEPS = (
    StoppingOffice.stop,
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
def test_stop_withdraw_and_decide_cross_in_any_order_and_both_services_agree(
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
