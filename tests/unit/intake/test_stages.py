"""The table of transitions, whole: every step that leads on, and a reason for every one that does not."""

import itertools

import pytest

from contracts.values import PortalStatus
from services.intake.domain.stages import NAMES, TRANSITIONS, IllegalStep, Stage, Transition, after, allowed

LEADS_ON = {
    ("submitted", "return"): "returned",
    ("submitted", "accept"): "accepted",
    ("submitted", "refuse"): "refused",
    ("returned", "resubmit"): "submitted",
    ("accepted", "take_up"): "in_process",
    ("in_process", "decide"): "decided",
    ("decided", "remind"): "decided",
    ("decided", "hand_over"): "handed_over",
    ("decided", "deliver"): "handed_over",
    ("submitted", "transfer"): "submitted",
    ("returned", "transfer"): "returned",
    ("accepted", "transfer"): "accepted",
    ("in_process", "transfer"): "in_process",
    ("decided", "transfer"): "decided",
    ("submitted", "withdraw"): "withdrawn",
    ("returned", "withdraw"): "withdrawn",
    ("in_process", "withdraw"): "withdrawn",
    ("accepted", "request_withdrawal"): "accepted",
    ("in_process", "request_withdrawal"): "in_process",
    ("decided", "refuse_withdrawal"): "decided",
    ("handed_over", "refuse_withdrawal"): "handed_over",
    ("in_process", "owe_papers"): "supplement_owed",
    ("in_process", "owe_money"): "payment_owed",
    ("supplement_owed", "hand_in"): "supplement_owed",
    ("supplement_owed", "resume"): "in_process",
    ("supplement_owed", "transfer"): "supplement_owed",
    ("supplement_owed", "request_withdrawal"): "supplement_owed",
    ("supplement_owed", "withdraw"): "withdrawn",
    ("payment_owed", "hand_in"): "payment_owed",
    ("payment_owed", "resume"): "in_process",
    ("payment_owed", "transfer"): "payment_owed",
    ("payment_owed", "request_withdrawal"): "payment_owed",
    ("payment_owed", "withdraw"): "withdrawn",
    ("in_process", "stop"): "stopped",
    ("supplement_owed", "stop"): "stopped",
    ("payment_owed", "stop"): "stopped",
    ("in_process", "extend"): "in_process",
    ("stopped", "refuse_withdrawal"): "stopped",
}


@pytest.mark.parametrize(("stage", "transition"), list(itertools.product(Stage, Transition)))
def test_every_step_leads_on_or_says_why_not(stage: Stage, transition: Transition) -> None:
    expected = LEADS_ON.get((stage, transition))
    if expected:
        assert after(stage, transition) == expected
        assert transition in allowed(stage)
        return
    with pytest.raises(IllegalStep) as refused:
        after(stage, transition)
    assert transition not in allowed(stage)
    assert refused.value.status == 409
    assert refused.value.vi.startswith("Không thể ")
    assert refused.value.en.startswith("It cannot ")


def test_every_transition_has_its_lines_and_its_words() -> None:
    in_table = {transition for _, transition in TRANSITIONS}
    assert not set(Transition) - in_table, "add its lines to TRANSITIONS in services/intake/domain/stages.py"
    assert not set(Transition) - NAMES.keys(), "add its words to NAMES in services/intake/domain/stages.py"
    assert {str(stage): {} for stage, _ in TRANSITIONS.keys() ^ {(Stage(s), Transition(t)) for s, t in LEADS_ON}} == {}, (
        "say it again in LEADS_ON of this test: a table that is only compared with itself proves nothing"
    )


def test_reasons_tell_stages_apart() -> None:
    sentences = {IllegalStep(stage, Transition.DELIVER).vi for stage in Stage}
    assert len(sentences) == len(Stage)


def test_portal_statuses_go_both_ways_and_returned_is_shown_as_submitted() -> None:
    for stage in Stage:
        assert Stage.of(stage.portal, returned=stage is Stage.RETURNED) is stage
    assert Stage.RETURNED.portal is PortalStatus.SUBMITTED


def test_nothing_leads_out_of_the_end() -> None:
    ends = {Stage.REFUSED, Stage.HANDED_OVER, Stage.WITHDRAWN, Stage.STOPPED}
    assert not {stage for (stage, _), to in TRANSITIONS.items() if to is not stage} & ends
