"""What clerks and citizens do, as pure functions: the facts, their order, and what is refused."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.intake import DossierAcceptedV1, DossierFact, DossierReturnedV1, DossierSubmittedV1
from contracts.refusal import Invalid, Refusal
from contracts.values import CIVIL_TIME, Channel, HandOver, PortalStatus
from messaging.handler_table import Decision
from services.intake.domain.dossier import Dossier
from services.intake.domain.papers import PapersMissing
from services.intake.domain.stages import IllegalStep, Stage
from services.intake.handlers import dossier as handlers
from tests.support.intake_dossiers import (
    CLERK,
    CODE,
    OFFER,
    PAPERS,
    UNREACHABLE,
    acceptance,
    accepted,
    returned,
    saved,
    submission,
    submitted,
)
from tests.support.intake_events import NOW


def kinds(decision: Decision[Dossier]) -> list[str]:
    return [type(event).__name__ for event in decision.events]


def test_receiving_is_two_facts_that_agree_on_everything_but_status() -> None:
    decision = handlers.receive(submission("don", "hop-dong"), acceptance(), NOW)
    first, second = decision.events
    assert isinstance(first, DossierSubmittedV1)
    assert isinstance(second, DossierAcceptedV1)
    assert (first.status, first.code, first.promised_at) == (PortalStatus.SUBMITTED, None, None)
    assert (second.status, second.code, second.contact_version, second.fee) == (PortalStatus.ACCEPTED, CODE, 1, 500_000)
    assert second.promised_at == datetime(2026, 2, 26, 17, 0, tzinfo=CIVIL_TIME)
    assert [paper.code for paper in second.papers] == ["don", "hop-dong"]
    assert saved(decision).version == 2


def test_all_missing_papers_are_named_at_once() -> None:
    with pytest.raises(PapersMissing) as refused:
        handlers.receive(submission("them"), acceptance(), NOW)
    assert refused.value.codes == ("don", "hop-dong")
    assert "Đơn; Hợp đồng" in refused.value.vi
    with pytest.raises(PapersMissing):
        handlers.accept(submitted("don"), acceptance(), NOW)


def test_unknown_papers_are_refused_by_name() -> None:
    with pytest.raises(Invalid, match="la-gi"):
        handlers.submit(submission("don", "la-gi"), NOW)


def test_without_a_way_to_reach_the_applicant_facts_say_so() -> None:
    decision = handlers.submit(submission(person=UNREACHABLE), NOW)
    (fact,) = decision.events
    assert isinstance(fact, DossierFact)
    assert fact.contact_version is None


def test_form_02_names_everything_missing_once() -> None:
    dossier = submitted("don")
    decision = handlers.return_for_papers(dossier, {"hop-dong": "chưa công chứng"}, OFFER, NOW, CLERK)
    assert (decision.state.stage, decision.state.status, decision.state.code) == (Stage.RETURNED, PortalStatus.SUBMITTED, None)
    assert [(line.code, line.reason) for line in decision.state.missing] == [("hop-dong", "chưa công chứng")]
    both = handlers.return_for_papers(submitted(), {"hop-dong": "thiếu", "don": "mờ"}, OFFER, NOW, CLERK)
    (fact,) = both.events
    assert isinstance(fact, DossierReturnedV1)
    assert [(line.code, line.reason) for line in fact.missing] == [("don", "mờ"), ("hop-dong", "thiếu")]
    with pytest.raises(Invalid, match="missing-not-named"):
        handlers.return_for_papers(submitted(), {"hop-dong": "thiếu"}, OFFER, NOW, CLERK)
    with pytest.raises(Invalid, match="unknown-paper"):
        handlers.return_for_papers(dossier, {"hop-dong": "thiếu", "la-gi": "thiếu"}, OFFER, NOW, CLERK)


def test_a_paper_that_is_there_but_wrong_can_be_named() -> None:
    after = handlers.return_for_papers(submitted("don", "hop-dong"), {"don": "mờ"}, OFFER, NOW, CLERK).state
    assert [line.code for line in after.missing] == ["don"]
    with pytest.raises(PapersMissing) as refused:
        handlers.resubmit(after, ["hop-dong"], OFFER, NOW, NOW, None)
    assert refused.value.codes == ("don",)


def test_handed_in_again_publishes_submitted_again_with_all_papers() -> None:
    later = NOW + timedelta(days=1)
    decision = handlers.resubmit(returned("don"), ["hop-dong"], OFFER, later, later, None)
    assert kinds(decision) == ["DossierSubmittedV1"]
    assert [paper.code for paper in decision.state.papers] == ["don", "hop-dong"]
    assert (decision.state.stage, decision.state.missing, decision.state.submitted_at) == (Stage.SUBMITTED, (), later)


def test_papers_on_the_counter_bring_a_returned_one_to_acceptance_in_one_act() -> None:
    decision = handlers.accept(returned("don"), acceptance("hop-dong"), NOW)
    assert kinds(decision) == ["DossierSubmittedV1", "DossierAcceptedV1"]
    assert saved(decision).version == 4
    with pytest.raises(IllegalStep):
        handlers.accept(returned("don"), acceptance(), NOW)


def test_acceptance_may_bring_papers_and_a_newer_version_of_the_procedure() -> None:
    newer = replace(OFFER, procedure=OFFER.procedure.model_copy(update={"version": 2}), papers=(PAPERS[1], PAPERS[2]))
    dossier = submitted("don")
    after = handlers.accept(dossier, replace(acceptance("hop-dong"), offer=newer), NOW).state
    assert ([paper.code for paper in after.papers], after.procedure.version) == (["hop-dong"], 2)


def test_refusal_keeps_its_reason() -> None:
    decision = handlers.refuse(submitted(), "Không thuộc thẩm quyền", NOW, CLERK)
    assert (decision.state.stage, decision.state.reason) == (Stage.REFUSED, "Không thuộc thẩm quyền")


def test_result_goes_over_the_counter_only_if_it_is_not_the_posts() -> None:
    ready = accepted(stage=Stage.DECIDED)
    assert handlers.hand_over(ready, NOW, CLERK).state.handed_over_by is HandOver.COUNTER
    with pytest.raises(Refusal, match="goes-by-post"):
        handlers.hand_over(replace(ready, hand_over=HandOver.POST), NOW, CLERK)


def test_what_is_not_offered_by_that_door_is_refused() -> None:
    with pytest.raises(Invalid, match="channel-not-offered"):
        handlers.submit(submission(offer=replace(OFFER, online=False), channel=Channel.ONLINE), NOW)


def test_submission_number_follows_the_civil_day() -> None:
    in_the_evening = datetime(2026, 2, 24, 17, 30, tzinfo=UTC)  # half past midnight on the 25th in Vietnam
    dossier = handlers.submit(submission(at=in_the_evening, id="d-" + "f" * 32), NOW).state
    assert dossier.submission_number.startswith(f"S{date(2026, 2, 25):%y%m%d}-")


STEPS = st.lists(st.sampled_from(["return", "resubmit", "accept", "refuse", "hand_over"]), max_size=12)


@given(STEPS)
def test_whatever_is_tried_facts_are_numbered_on_and_the_code_comes_with_acceptance_alone(steps: list[str]) -> None:
    dossier = submitted("don", "hop-dong")
    for step in steps:
        before = dossier
        try:
            decision = _try(dossier, step)
        except Refusal:
            assert dossier == before
            continue
        dossier = saved(decision)
        assert dossier.version == before.version + len(decision.events) > before.version
        assert before.code in {None, dossier.code}, "a code once minted never changes"
    was_accepted = dossier.stage not in {Stage.SUBMITTED, Stage.RETURNED, Stage.REFUSED}
    assert (dossier.code is not None) == (dossier.promised_at is not None) == was_accepted


def _try(dossier: Dossier, step: str) -> Decision[Dossier]:
    match step:
        case "return":
            return handlers.return_for_papers(dossier, {"don": "mờ"}, OFFER, NOW, CLERK)
        case "resubmit":
            return handlers.resubmit(dossier, ["don"], OFFER, NOW, NOW, CLERK)
        case "accept":
            return handlers.accept(dossier, acceptance(), NOW)
        case "refuse":
            return handlers.refuse(dossier, "lý do", NOW, CLERK)
        case _:
            return handlers.hand_over(dossier, NOW, CLERK)
