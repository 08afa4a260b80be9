"""A promise past what its calendar knows is provisional wherever it is told, and comes right with the calendar."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.directory import LimitV1
from contracts.intake import DossierRescheduledV1, Provisional
from contracts.values import CIVIL_TIME, Outcome
from services.intake.domain import facts
from services.intake.domain.dossier import Dossier
from services.intake.domain.stages import Stage
from services.intake.handlers.calendar import reschedule
from services.intake.handlers.dossier import Acceptance, receive
from tests.support.intake_dossiers import CLERK, CODE, OFFER, WEEK, saved, submission
from tests.support.intake_events import NOW
from worktime import Calendar, Explanation

NEW_YEAR_S_EVE = datetime(2027, 12, 30, 9, 0, tzinfo=CIVIL_TIME)
LISTED = {"date": "2027-09-02", "kind": "holiday", "vi": "Quốc khánh", "en": "National Day", "shifts": []}


def calendar(version: int, *holidays: str, **stated: Any) -> Calendar:
    days = [LISTED | {"date": day} for day in holidays]
    return Calendar.from_data(WEEK.to_data() | {"version": version, "exceptions": [LISTED, *days]} | stated)


def received(by: Calendar, at: datetime = NEW_YEAR_S_EVE) -> Dossier:
    offer = replace(OFFER, calendar=by)
    given_in = replace(submission("don", "hop-dong"), offer=offer, at=at)
    return saved(receive(given_in, Acceptance(offer=offer, code=CODE, at=at, by=CLERK), at))


def test_every_fact_says_why_the_date_may_still_move_until_it_cannot() -> None:
    dossier = received(calendar(1))
    why = Provisional(calendar="w", known_until=date(2027, 12, 31))
    assert dossier.provisional == why
    assert facts.accepted(dossier, CLERK).provisional == facts.taken_up(dossier, NOW).provisional == why
    decided = replace(dossier, stage=Stage.DECIDED, decided_at=NEW_YEAR_S_EVE, outcome=Outcome.GRANTED)
    assert facts.decided(decided, CLERK).provisional is None
    assert received(calendar(1), NOW).provisional is None


def test_acceptance_says_by_what_the_date_was_counted() -> None:
    fact = facts.accepted(received(calendar(1)), CLERK)
    assert (fact.limit, fact.calendar) == (LimitV1(kind="working_days", amount=2), "w")


def test_acceptance_says_that_days_off_were_counted() -> None:
    dossier = received(calendar(1))
    assert dossier.explanation is not None
    by_days = replace(dossier, explanation={**dossier.explanation, "limit": {"kind": "calendar_days", "amount": 30}})
    assert facts.accepted(by_days, CLERK).limit == LimitV1(kind="working_days", amount=30, every_day=True)


def test_new_year_s_day_comes_into_the_calendar_and_the_date_moves() -> None:
    dossier = received(calendar(1))
    assert dossier.promised_at == datetime(2028, 1, 3, 17, 0, tzinfo=CIVIL_TIME)
    decision = reschedule(dossier, calendar(2, "2028-01-03"), NOW)
    assert decision is not None
    after = decision.state
    (fact,) = decision.events
    assert isinstance(fact, DossierRescheduledV1)
    assert after.promised_at == fact.promised_at == datetime(2028, 1, 4, 17, 0, tzinfo=CIVIL_TIME)
    assert (fact.previous_at, fact.provisional, fact.at, fact.by) == (dossier.promised_at, None, NOW, None)
    assert (after.provisional, after.changed_at) == (None, NOW)
    assert after.explanation is not None
    assert Explanation.from_data(after.explanation).calendar_version == 2


def test_the_same_date_becomes_firm() -> None:
    dossier = received(calendar(1))
    decision = reschedule(dossier, calendar(2, known_until="2028-12-31"), NOW)
    assert decision is not None
    (fact,) = decision.events
    assert fact.promised_at == fact.previous_at == dossier.promised_at
    assert decision.state.provisional is None


def test_a_version_that_knows_no_more_is_noted_and_told_nobody() -> None:
    decision = reschedule(received(calendar(1)), calendar(2, "2027-01-01"), NOW)
    assert decision is not None
    assert decision.events == ()
    assert reschedule(decision.state, calendar(2, "2027-01-01"), NOW) is None


@pytest.mark.parametrize(
    "settled",
    [
        pytest.param(received(calendar(2)), id="counted by this version already"),
        pytest.param(received(calendar(1), NOW), id="firm"),
        pytest.param(
            replace(received(calendar(1)), stage=Stage.DECIDED, decided_at=NOW, outcome=Outcome.GRANTED), id="decided meanwhile"
        ),
        pytest.param(received(calendar(1, id="other")), id="by another calendar"),
    ],
)
def test_what_is_settled_stays(settled: Dossier) -> None:
    assert reschedule(settled, calendar(2, "2028-01-03"), NOW) is None


@given(st.sets(st.dates(date(2028, 1, 1), date(2028, 2, 20)), max_size=12), st.integers(1, 30))
def test_a_date_counted_again_is_the_one_that_the_later_calendar_would_have_given(days: set[date], day: int) -> None:
    at = datetime(2027, 12, day, 9, 0, tzinfo=CIVIL_TIME)
    newer = calendar(2, *sorted(day.isoformat() for day in days), known_until="2028-12-31")
    dossier = received(calendar(1, known_until="2027-11-30"), at)
    decision = reschedule(dossier, newer, NOW)
    assert decision is not None
    assert decision.state.promised_at == received(newer, at).promised_at
    assert decision.state.provisional is None
