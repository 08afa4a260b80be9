"""Papers asked for after acceptance, crossing with all else that may happen, over the real handlers of both services: whatever
the order of arrival, both agree on where the dossier stands, on what is owed, and on the promised date.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.supplements import OwedKind, SupplementReason
from contracts.supplements.intake import DossierHandedInV1, DossierPausedV1, DossierResumedV1
from contracts.supplements.routing import CasePausedV1
from contracts.values import Channel, PortalStatus
from services.intake.consumers import TABLE as INTAKE
from services.intake.domain.owed import promise_after as owed_promise
from services.intake.domain.stages import Stage
from services.intake.handlers import owed
from services.intake.handlers.calendar import reschedule
from services.intake.repository.post_collections import Known
from services.routing.domain.case import Actor
from services.routing.domain.history import Person
from services.routing.domain.pause import AskedPaper, Wanted
from services.routing.domain.states import State
from services.routing.domain.supplement_refusals import AskedBefore, StillWaiting
from services.routing.handlers.supplement import ask
from tests.support.intake_dossiers import CLERK, WEEK
from tests.support.intake_events import NOW
from tests.unit.intake.test_withdrawal_crossing import OFFICER, Office
from worktime import Calendar

HOLDER = Actor(OFFICER, leads=False)
LEADER = Person("cb007", "Sơn")
STATES = {
    Stage.IN_PROCESS: State.ASSIGNED,
    Stage.SUPPLEMENT_OWED: State.WAITING,
    Stage.PAYMENT_OWED: State.WAITING,
    Stage.WITHDRAWN: State.WITHDRAWN,
    Stage.DECIDED: State.DECIDED,
    Stage.HANDED_OVER: State.DECIDED,
}


def newer_calendar(closed: str) -> Calendar:
    """Version 2, which knows one more day off."""
    return Calendar.from_data(
        {
            "id": "w",
            "version": 2,
            "weekly": {day: [["07:30", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
            "exceptions": [{"date": closed, "kind": "holiday", "vi": "nghỉ", "en": "closed"}],
        }
    )


@dataclass
class WaitingOffice(Office):
    """The office with papers and payments asked for; `calendar` is what intake counts with, `clock` what both go by."""

    calendar: Calendar = WEEK
    clock: datetime = NOW

    def ask(self, kind: OwedKind = OwedKind.PAPERS, *, by: Actor = HOLDER, again: bool = True) -> None:
        case = self.case
        if case is None:
            return
        papers = (AskedPaper(code="don", reason=SupplementReason.UNSIGNED, note="bà Lan"),)
        asked = {"papers": papers, "again": again} if kind is OwedKind.PAPERS else {"amount": 50_000}
        wanted = Wanted(owed=kind, **asked)
        self.case = self.give(lambda: ask(case, wanted, {}, by, self.clock), self.to_intake) or case

    def ask_for_money(self) -> None:
        self.ask(OwedKind.MONEY)

    def hand_in(self) -> None:
        kind = self.dossier.owed.kind if self.dossier.owed else OwedKind.PAPERS
        self.dossier = (
            self.give(
                lambda: owed.hand_in(self.dossier, kind, ["don"], self.clock, through=Channel.COUNTER, by=CLERK, by_name="Hoa"),
                self.to_routing,
            )
            or self.dossier
        )

    def calendar_changes(self, closed: str = "2026-02-26") -> None:
        self.calendar = newer_calendar(closed)
        self.dossier = replace(self.dossier, explanation={**(self.dossier.explanation or {}), "provisional": True})

    def promise_is_counted_again(self) -> None:
        decision = reschedule(self.dossier, self.calendar, self.clock)
        if decision is not None:
            self.dossier = self.publish(decision, self.to_routing)

    def a_day_passes(self) -> None:
        self.clock += timedelta(days=1)

    def intake_reads(self) -> None:
        if self.to_intake:
            known = Known(calendars={self.calendar.id: self.calendar})
            self.dossier = self.read(self.to_intake, INTAKE, "routing", self.dossier, known, self.to_routing)

    @property
    def codes(self) -> list[str]:
        return [refusal.code for refusal in self.refused]


def office_at_work() -> WaitingOffice:
    office = WaitingOffice.with_a_dossier_accepted()
    assert isinstance(office, WaitingOffice)
    office.come_to_rest()
    return office


STEPS: tuple[Callable[[Any], None], ...] = (
    WaitingOffice.ask,
    WaitingOffice.ask_for_money,
    WaitingOffice.hand_in,
    WaitingOffice.hand_in,
    WaitingOffice.ask_back,
    WaitingOffice.decide,
    WaitingOffice.calendar_changes,
    WaitingOffice.promise_is_counted_again,
    WaitingOffice.a_day_passes,
    WaitingOffice.routing_reads,
    WaitingOffice.intake_reads,
)


@given(st.lists(st.sampled_from(STEPS), max_size=40))
def test_whatever_crosses_both_services_agree_on_state_debt_and_promise(steps: list[Callable[[WaitingOffice], None]]) -> None:
    office = WaitingOffice.with_a_dossier_accepted()
    assert isinstance(office, WaitingOffice)
    for step in steps:
        step(office)
    office.come_to_rest()
    assert office.case is not None
    assert office.case.state is STATES[office.dossier.stage]
    assert office.case.promised_at == office.dossier.promised_at
    assert office.dossier.stage.waits == (office.dossier.owed is not None)
    if office.case.pause is not None and office.dossier.owed is not None:
        assert (office.case.pause.owed, office.case.pause.since) == (office.dossier.owed.kind, office.dossier.owed.since)
        assert office.dossier.owed.handed_in is None, "what was handed in has its answer"
        assert office.dossier.status is office.case.pause.owed.portal
    paused, resumed = office.number_of(DossierPausedV1), office.number_of(DossierResumedV1)
    assert paused - resumed in (0, 1), "a clock that went on had stood still once"
    assert office.number_of(DossierHandedInV1) >= resumed


@given(st.lists(st.sampled_from(STEPS), max_size=40))
def test_from_wherever_it_waits_it_can_be_handed_in_and_decided(steps: list[Callable[[WaitingOffice], None]]) -> None:
    office = WaitingOffice.with_a_dossier_accepted()
    assert isinstance(office, WaitingOffice)
    for step in steps:
        step(office)
    office.come_to_rest()
    office.hand_in()
    office.come_to_rest()
    office.decide()
    office.come_to_rest()
    assert office.dossier.stage in {Stage.DECIDED, Stage.WITHDRAWN}


# --- the pairs, by name, both orders ----------------------------------------------------------------------------


def test_supplement_requested_then_withdrawal_arrives_the_dossier_is_withdrawn_and_nothing_is_owed() -> None:
    office = office_at_work()
    office.ask_back()
    office.ask()
    office.intake_reads()
    assert office.dossier.stage is Stage.SUPPLEMENT_OWED
    assert office.dossier.withdrawal_pending, "the request is still under way"
    office.come_to_rest()
    assert office.case is not None
    assert (office.dossier.status, office.dossier.owed, office.case.pause) == (PortalStatus.WITHDRAWN, None, None)


def test_withdrawal_arrives_before_the_request_and_the_officer_is_told_who_asked() -> None:
    office = office_at_work()
    office.ask_back()
    office.routing_reads()
    office.ask()
    assert office.codes == ["case-withdrawn"]
    assert "Hoa" in office.refused[0].vi
    office.come_to_rest()
    assert office.number_of(CasePausedV1) == 0


def test_decided_while_waiting_is_refused_with_since_when_it_waits() -> None:
    office = office_at_work()
    office.ask()
    office.decide()
    (refusal,) = office.refused
    assert isinstance(refusal, StillWaiting)
    assert "09:00 24/02/2026" in refusal.vi


def test_decided_before_the_request_there_is_nothing_to_ask_for() -> None:
    office = office_at_work()
    office.decide()
    office.ask()
    assert office.codes == ["case-already-decided"]


def test_handed_in_and_the_decision_that_does_not_wait_for_it_to_arrive_is_refused() -> None:
    office = office_at_work()
    office.ask()
    office.come_to_rest()
    office.hand_in()
    office.decide()
    assert office.codes == ["case-waiting"]
    office.routing_reads()
    office.decide()
    office.come_to_rest()
    assert (office.dossier.stage, office.dossier.owed) == (Stage.DECIDED, None)
    assert [type(event).__name__ for event in office.said[-3:]] == ["CaseDecidedV1", "DossierResumedV1", "DossierDecidedV1"]


def test_requested_twice_the_second_is_refused_while_the_first_waits_and_warned_of_afterwards() -> None:
    office = office_at_work()
    office.ask()
    office.ask(by=Actor(LEADER, leads=True))
    assert office.codes == ["case-waiting"]
    office.come_to_rest()
    office.hand_in()
    office.come_to_rest()
    office.ask(again=False)
    assert isinstance(office.refused[-1], AskedBefore)
    office.ask(again=True)
    assert office.case is not None
    assert office.case.pause is not None
    assert office.case.pause.number == 2, "the second request says that it is the second"


def test_handed_in_twice_the_second_is_told_that_it_has_come() -> None:
    office = office_at_work()
    office.ask()
    office.come_to_rest()
    office.hand_in()
    office.hand_in()
    assert office.codes == ["already-handed-in"]


def test_handed_in_then_withdrawn_before_the_answer_routing_takes_both_in_their_order() -> None:
    office = office_at_work()
    office.ask()
    office.come_to_rest()
    office.hand_in()
    office.ask_back()
    office.come_to_rest()
    assert office.dossier.status is PortalStatus.WITHDRAWN
    assert office.number_of(DossierResumedV1) == 1


def test_asked_back_while_it_waits_nothing_more_is_handed_in() -> None:
    office = office_at_work()
    office.ask()
    office.come_to_rest()
    office.ask_back()
    office.hand_in()
    assert office.codes == ["withdrawal-pending"]


def _promise(closed: str, asked_after: int, *steps: str) -> str:
    office = office_at_work()
    for _ in range(asked_after):
        office.a_day_passes()
    office.calendar_changes(closed)
    office.ask()
    office.come_to_rest()
    office.a_day_passes()
    for step in steps:
        getattr(office, step)()
    office.come_to_rest()
    return f"{office.dossier.promised_at:%d/%m}"


@pytest.mark.parametrize(("closed", "asked_after", "promised"), [("2026-02-26", 0, "02/03"), ("2026-02-25", 2, "02/03")])
def test_requested_against_promise_moved_either_order_gives_the_same_date(closed: str, asked_after: int, promised: str) -> None:
    """2 working days from Tuesday the 24th, with one more day off in the newer calendar, and a pause of one day."""
    moved_first = _promise(closed, asked_after, "promise_is_counted_again", "hand_in")
    pause_first = _promise(closed, asked_after, "hand_in", "come_to_rest", "promise_is_counted_again")
    assert (moved_first, pause_first) == (promised, promised)


def test_the_clock_runs_from_when_it_was_handed_in_however_long_the_answer_takes() -> None:
    office = office_at_work()
    office.ask()
    office.come_to_rest()
    office.a_day_passes()
    office.hand_in()
    office.a_day_passes()
    office.a_day_passes()
    office.come_to_rest()
    (resumed,) = [event for event in office.said if isinstance(event, DossierResumedV1)]
    assert (resumed.paused_at, resumed.resumed_at) == (NOW, NOW + timedelta(days=1))
    assert (f"{resumed.previous_at:%d/%m}", f"{resumed.promised_at:%d/%m}") == ("26/02", "27/02")
    assert any("Tạm dừng" in line for line in office.dossier.why_this_date("vi")), "the receipt explains the pause"


def test_free_words_of_an_officer_are_in_no_event_and_gone_when_the_case_goes_on() -> None:
    office = office_at_work()
    office.ask()
    assert office.case is not None
    assert office.case.pause is not None
    assert office.case.pause.notes == {"don": "bà Lan"}
    office.come_to_rest()
    office.hand_in()
    office.come_to_rest()
    assert office.case.pause is None
    assert not [event for event in office.said if "Lan" in event.model_dump_json()]


def test_two_services_clocks_that_differ_by_seconds_stop_no_promise() -> None:
    dossier = office_at_work().dossier
    assert dossier.explanation is not None
    asked, came = NOW - timedelta(seconds=3), NOW - timedelta(seconds=5)
    assert owed_promise(dossier.explanation, WEEK, OwedKind.PAPERS, asked, came).moment == dossier.promised_at
