"""More time: who may ask and who may answer, how often, and until when."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from contracts.endings.ground import ExtensionGround
from contracts.endings.routing import CaseExtendedV1
from contracts.refusal import Refusal
from contracts.values import CIVIL_TIME
from services.routing.domain.case import Actor, Case
from services.routing.domain.extension import AskedExtension, NotWorkingDay
from services.routing.domain.history import Transition
from services.routing.domain.states import State
from services.routing.handlers.extension import answer, ask, end_of
from tests.support.routing_world import NOW
from tests.unit.routing.test_case import AN, BINH, CHI, COLLEAGUE, LATER, LEADER, OFFICER, in_state, last_line
from worktime import Calendar

HELD = in_state(State.ASSIGNED)
UNTIL = max(HELD.promised_at, NOW) + timedelta(days=9)


def asked(until: datetime = UNTIL, **given: object) -> AskedExtension:
    return AskedExtension(**{"ground": ExtensionGround.WORKLOAD, "until": until, "at": LATER, "by": AN, **given})


def pending(case: Case = HELD) -> Case:
    return replace(case, asked=asked())


@pytest.mark.parametrize(("by", "person"), [(OFFICER, AN), (LEADER, CHI)])
def test_who_has_it_or_leads_the_unit_asks_and_nothing_moves_by_it(by: Actor, person: object) -> None:
    decision = ask(HELD, asked(by=person), by, 1)
    assert decision.state.asked == asked(by=person)
    assert decision.state.promised_at == HELD.promised_at
    line = last_line(decision)
    assert (line.transition, line.by, line.officer) == (Transition.EXTENSION_ASKED, person, None)


def test_a_colleague_does_not_ask() -> None:
    with pytest.raises(Refusal, match="case-somebody-elses"):
        ask(HELD, asked(by=BINH), COLLEAGUE, 1)


def test_a_leader_confirms_and_the_event_says_until_when_while_the_promise_stays_intake_s() -> None:
    decision = answer(pending(), LEADER, LATER, confirm=True)
    (event,) = decision.events
    assert isinstance(event, CaseExtendedV1)
    assert (event.until, event.promised_at, event.ground, event.by) == (UNTIL, HELD.promised_at, ExtensionGround.WORKLOAD, CHI.id)
    assert (decision.state.asked, decision.state.extensions, decision.state.promised_at) == (None, 1, HELD.promised_at)


@pytest.mark.parametrize("confirm", [True, False])
@pytest.mark.parametrize("by", [OFFICER, COLLEAGUE])
def test_who_does_not_lead_the_unit_answers_nothing(by: Actor, confirm: bool) -> None:
    with pytest.raises(Refusal, match="extension-only-leaders-confirm") as refused:
        answer(pending(), by, LATER, confirm=confirm)
    assert refused.value.status == 403


@pytest.mark.parametrize("confirm", [True, False])
def test_where_nothing_was_asked_there_is_nothing_to_answer(confirm: bool) -> None:
    with pytest.raises(Refusal, match="extension-not-asked"):
        answer(HELD, LEADER, LATER, confirm=confirm)


@pytest.mark.parametrize(("given", "most", "code"), [(0, 0, "extensions-used-up"), (2, 2, "extensions-used-up")])
def test_how_often_is_what_the_installation_says(given: int, most: int, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        ask(replace(HELD, extensions=given), asked(), OFFICER, most)
    assert ask(replace(HELD, extensions=given), asked(), OFFICER, most + 1).state.asked


@pytest.mark.parametrize("until", [HELD.promised_at, NOW - timedelta(days=1)])
def test_a_date_that_is_no_later_is_refused_at_its_field(until: datetime) -> None:
    with pytest.raises(Refusal, match="extension-not-later") as refused:
        ask(HELD, asked(until), OFFICER, 1)
    assert (refused.value.status, refused.value.field) == (422, "until")


def test_what_was_asked_for_long_ago_is_not_confirmed_into_the_past() -> None:
    with pytest.raises(Refusal, match="extension-not-later"):
        answer(pending(), LEADER, UNTIL, confirm=True)
    assert answer(pending(), LEADER, UNTIL, confirm=False).state.asked is None


@pytest.mark.parametrize("details", [None, ""])
def test_another_ground_is_stated_in_words(details: str | None) -> None:
    with pytest.raises(Refusal, match="extension-details-missing"):
        asked(ground=ExtensionGround.OTHER, details=details)


def test_it_ends_when_offices_close_on_a_working_day() -> None:
    calendar = Calendar.from_data(
        {"id": "c", "version": 1, "weekly": {"mon": [["07:30", "11:30"], ["13:30", "16:30"]]}, "exceptions": []}
    )
    assert end_of(date(2026, 3, 2), HELD, calendar) == datetime(2026, 3, 2, 16, 30, tzinfo=CIVIL_TIME)
    with pytest.raises(NotWorkingDay):
        end_of(date(2026, 3, 3), HELD, calendar)
    assert end_of(date(2026, 3, 3), HELD, None).date() == date(2026, 3, 3)
