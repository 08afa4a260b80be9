"""The table of transitions, whole: every step that leads on, and a reason for every one that does not."""

import itertools

import pytest

from contracts.values import PortalStatus
from services.intake.domain.stages import TRANSITIONS, IllegalStep, Stage, Transition, after, allowed

LEADS_ON = {
    ("submitted", "return"): "returned",
    ("submitted", "accept"): "accepted",
    ("submitted", "refuse"): "refused",
    ("returned", "resubmit"): "submitted",
    ("accepted", "take_up"): "in_process",
    ("in_process", "decide"): "decided",
    ("decided", "hand_over"): "handed_over",
    ("decided", "deliver"): "handed_over",
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


def test_reasons_tell_stages_apart() -> None:
    sentences = {IllegalStep(stage, Transition.DELIVER).vi for stage in Stage}
    assert len(sentences) == len(Stage)


def test_portal_statuses_go_both_ways_and_returned_is_shown_as_submitted() -> None:
    for stage in Stage:
        assert Stage.of(stage.portal, returned=stage is Stage.RETURNED) is stage
    assert Stage.RETURNED.portal is PortalStatus.SUBMITTED


def test_nothing_leads_out_of_the_end() -> None:
    ends = {Stage.REFUSED, Stage.HANDED_OVER}
    assert not {stage for stage, _ in TRANSITIONS} & ends
