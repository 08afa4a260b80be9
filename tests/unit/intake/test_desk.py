"""What clerks and citizens do, as pure functions: the facts, their order, and what is refused."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.directory import PaperV1
from contracts.intake import ContactV1, DossierAcceptedV1, DossierFact, DossierSubmittedV1, ProcedureRef, UnitRef
from contracts.refusal import Invalid, Refusal
from contracts.values import CIVIL_TIME, Channel, HandOver, Lane, PortalStatus
from messaging.handler_table import Decision, numbered
from services.intake.domain.dossier import Dossier, SealedPerson
from services.intake.domain.offers import Offer
from services.intake.domain.papers import PapersMissing
from services.intake.domain.stages import IllegalStep, Stage
from services.intake.handlers import desk
from worktime import Calendar, WorkingDays

NOW = datetime(2026, 2, 24, 9, 0, tzinfo=CIVIL_TIME)
CLERK = "cb005"
CODE = "000.00.21.H99-260224-0001"
HERE = UnitRef(id="000.00.21.H99", name="Bộ phận Một cửa huyện Hà An")
PAPERS = (
    PaperV1(code="don", title="Đơn"),
    PaperV1(code="hop-dong", title="Hợp đồng"),
    PaperV1(code="them", title="Giấy thêm", required=False),
)
WEEK = Calendar.from_data(
    {
        "id": "w",
        "version": 1,
        "weekly": {day: [["07:30", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
        "exceptions": [],
    }
)
OFFER = Offer(
    HERE,
    Lane.DISTRICT,
    4,
    ProcedureRef(code="1.900011", version=1, title="Đất", field="dat-dai", field_title="Đất đai"),
    PAPERS,
    WorkingDays(2),
    500_000,
    HERE,
    online=True,
    by_post=True,
    calendar=WEEK,
)
CONTACT = ContactV1(name="A", email="a@vidu.test")
REACHABLE = SealedPerson(b"s", b"i", None, b"x", b"y", CONTACT)
UNREACHABLE = replace(REACHABLE, contact=None)


def submission(*papers: str, **changes: Any) -> desk.Submission:
    given = desk.Submission("d-1", OFFER, Channel.COUNTER, papers, HandOver.COUNTER, NOW, CLERK, REACHABLE)
    return replace(given, **changes)


def acceptance(*papers: str, at: datetime = NOW) -> desk.Acceptance:
    return desk.Acceptance(OFFER, CODE, at, CLERK, papers or None)


def saved(decision: Decision[Dossier]) -> Dossier:
    """As it comes back from the database: numbered, its news written away."""
    state, _ = numbered(decision, NOW, correlation=None)
    return replace(state, told=(), person=None)


def submitted(*papers: str, **changes: Any) -> Dossier:
    return saved(desk.submit(submission(*papers, **changes), NOW))


def returned(*papers: str) -> Dossier:
    reasons = {code: "thiếu" for code in ("don", "hop-dong") if code not in papers}
    return saved(desk.return_for_papers(submitted(*papers), reasons or {"don": "mờ"}, OFFER, NOW, CLERK))


def kinds(decision: Decision[Dossier]) -> list[str]:
    return [type(event).__name__ for event in decision.events]


def test_receiving_is_two_facts_that_agree_on_everything_but_status() -> None:
    decision = desk.receive(submission("don", "hop-dong"), acceptance(), NOW)
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
        desk.receive(submission("them"), acceptance(), NOW)
    assert refused.value.codes == ("don", "hop-dong")
    assert "Đơn; Hợp đồng" in refused.value.vi
    with pytest.raises(PapersMissing):
        desk.accept(submitted("don"), acceptance(), NOW)


def test_unknown_papers_are_refused_by_name() -> None:
    with pytest.raises(Invalid, match="la-gi"):
        desk.submit(submission("don", "la-gi"), NOW)


def test_without_a_way_to_reach_the_applicant_facts_say_so() -> None:
    decision = desk.submit(submission(person=UNREACHABLE), NOW)
    (fact,) = decision.events
    assert isinstance(fact, DossierFact)
    assert fact.contact_version is None


def test_form_02_names_everything_missing_once() -> None:
    dossier = submitted("don")
    decision = desk.return_for_papers(dossier, {"hop-dong": "chưa công chứng"}, OFFER, NOW, CLERK)
    assert (decision.state.stage, decision.state.status, decision.state.code) == (Stage.RETURNED, PortalStatus.SUBMITTED, None)
    assert [(line.code, line.reason) for line in decision.state.missing] == [("hop-dong", "chưa công chứng")]
    with pytest.raises(Invalid, match="missing-not-named"):
        desk.return_for_papers(submitted(), {"hop-dong": "thiếu"}, OFFER, NOW, CLERK)
    with pytest.raises(Invalid, match="unknown-paper"):
        desk.return_for_papers(dossier, {"hop-dong": "thiếu", "la-gi": "thiếu"}, OFFER, NOW, CLERK)


def test_a_paper_that_is_there_but_wrong_can_be_named() -> None:
    after = desk.return_for_papers(submitted("don", "hop-dong"), {"don": "mờ"}, OFFER, NOW, CLERK).state
    assert [line.code for line in after.missing] == ["don"]
    with pytest.raises(PapersMissing) as refused:
        desk.resubmit(after, ["hop-dong"], OFFER, NOW, NOW, None)
    assert refused.value.codes == ("don",)


def test_handed_in_again_tells_submitted_again_with_all_papers() -> None:
    later = NOW + timedelta(days=1)
    decision = desk.resubmit(returned("don"), ["hop-dong"], OFFER, later, later, None)
    assert kinds(decision) == ["DossierSubmittedV1"]
    assert [paper.code for paper in decision.state.papers] == ["don", "hop-dong"]
    assert (decision.state.stage, decision.state.missing, decision.state.submitted_at) == (Stage.SUBMITTED, (), later)


def test_papers_on_the_counter_bring_a_returned_one_to_acceptance_in_one_act() -> None:
    decision = desk.accept(returned("don"), acceptance("hop-dong"), NOW)
    assert kinds(decision) == ["DossierSubmittedV1", "DossierAcceptedV1"]
    assert saved(decision).version == 4
    with pytest.raises(IllegalStep):
        desk.accept(returned("don"), acceptance(), NOW)


def test_acceptance_may_bring_papers_and_a_newer_version_of_the_procedure() -> None:
    newer = replace(OFFER, procedure=OFFER.procedure.model_copy(update={"version": 2}), papers=(PAPERS[1], PAPERS[2]))
    dossier = submitted("don")
    after = desk.accept(dossier, replace(acceptance("hop-dong"), offer=newer), NOW).state
    assert ([paper.code for paper in after.papers], after.procedure.version) == (["hop-dong"], 2)


def test_refusal_keeps_its_reason() -> None:
    decision = desk.refuse(submitted(), "Không thuộc thẩm quyền", NOW, CLERK)
    assert (decision.state.stage, decision.state.reason) == (Stage.REFUSED, "Không thuộc thẩm quyền")


def test_result_goes_over_the_counter_only_if_it_is_not_the_posts() -> None:
    ready = replace(saved(desk.receive(submission("don", "hop-dong"), acceptance(), NOW)), stage=Stage.DECIDED)
    assert desk.hand_over(ready, NOW, CLERK).state.handed_over_by is HandOver.COUNTER
    with pytest.raises(Refusal, match="goes-by-post"):
        desk.hand_over(replace(ready, hand_over=HandOver.POST), NOW, CLERK)


def test_what_is_not_offered_by_that_door_is_refused() -> None:
    with pytest.raises(Invalid, match="channel-not-offered"):
        desk.submit(submission(offer=replace(OFFER, online=False), channel=Channel.ONLINE), NOW)


def test_history_has_every_fact_and_says_which_owe_a_message() -> None:
    at_counter = desk.receive(submission("don", "hop-dong"), acceptance(), NOW).state.told
    assert [(told.type.split(".")[4], told.notice) for told in at_counter] == [("submitted", False), ("accepted", True)]
    online = desk.submit(submission(channel=Channel.ONLINE, by=None), NOW).state.told
    assert [(told.notice, told.by) for told in online] == [(True, None)]


def test_submission_number_and_code_follow_civil_days() -> None:
    late_evening_utc = datetime(2026, 2, 24, 17, 30, tzinfo=CIVIL_TIME).astimezone(tz=None) + timedelta(hours=7)
    dossier = desk.submit(submission(at=late_evening_utc, id="d-" + "f" * 32), NOW).state
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
    accepted = dossier.stage not in {Stage.SUBMITTED, Stage.RETURNED, Stage.REFUSED}
    assert (dossier.code is not None) == (dossier.promised_at is not None) == accepted


def _try(dossier: Dossier, step: str) -> Decision[Dossier]:
    match step:
        case "return":
            return desk.return_for_papers(dossier, {"don": "mờ"}, OFFER, NOW, CLERK)
        case "resubmit":
            return desk.resubmit(dossier, ["don"], OFFER, NOW, NOW, CLERK)
        case "accept":
            return desk.accept(dossier, acceptance(), NOW)
        case "refuse":
            return desk.refuse(dossier, "lý do", NOW, CLERK)
        case _:
            return desk.hand_over(dossier, NOW, CLERK)
