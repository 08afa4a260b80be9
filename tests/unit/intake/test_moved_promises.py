"""A firm promise and a calendar that changes: it goes to a later day for the days off of its limit, and for nothing else."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.intake import DayOff, DossierRescheduledV1
from contracts.values import CIVIL_TIME, Outcome
from services.intake.domain.dossier import Dossier
from services.intake.domain.moves import Sieve
from services.intake.domain.stages import Stage
from services.intake.handlers.calendar import reschedule
from services.intake.handlers.dossier import Acceptance, receive
from tests.support.intake_dossiers import CLERK, CODE, OFFER, WEEK, saved, submission
from worktime import Calendar, Explanation, WorkingDays

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=CIVIL_TIME)
TUESDAY, WEDNESDAY, THURSDAY = (MONDAY + timedelta(days=days) for days in (1, 2, 3))
STORM = {"kind": "local_closure", "vi": "bão số 1", "en": "first storm", "shifts": []}


def calendar(version: int, *days: str, **stated: Any) -> Calendar:
    exceptions = [STORM | {"date": day} for day in days]
    known = {"version": version, "exceptions": exceptions, "known_until": "2026-12-31"}
    return Calendar.from_data(WEEK.to_data() | known | stated)


def received(by: Calendar, at: datetime = MONDAY, amount: int = 2) -> Dossier:
    offer = replace(OFFER, calendar=by, limit=WorkingDays(amount))
    given_in = replace(submission("don", "hop-dong"), offer=offer, at=at)
    return saved(receive(given_in, Acceptance(offer=offer, code=CODE, at=at, by=CLERK), at))


def closing(day: datetime) -> datetime:
    return day.replace(hour=17)


def test_a_day_off_in_its_limit_moves_a_firm_date_and_says_which_day() -> None:
    dossier = received(calendar(1))
    assert dossier.promised_at == closing(WEDNESDAY)
    decision = reschedule(dossier, calendar(2, "2026-03-03"), MONDAY)
    assert decision is not None
    (fact,) = decision.events
    assert isinstance(fact, DossierRescheduledV1)
    assert (fact.previous_at, fact.promised_at) == (closing(WEDNESDAY), closing(THURSDAY))
    assert fact.days_off == [DayOff(day=date(2026, 3, 3), vi="đóng cửa: bão số 1", en="closed: first storm")]
    assert decision.state.promised_at == closing(THURSDAY)
    assert decision.state.explanation is not None
    assert Explanation.from_data(decision.state.explanation).calendar_version == 2
    assert reschedule(decision.state, calendar(2, "2026-03-03"), MONDAY) is None, "once"


def test_a_closure_of_the_day_on_which_the_limit_would_begin_moves_it_too() -> None:
    dossier = received(calendar(1), MONDAY.replace(hour=20))
    assert dossier.promised_at == closing(THURSDAY)
    decision = reschedule(dossier, calendar(2, "2026-03-03"), MONDAY.replace(hour=21))
    assert decision is not None
    (fact,) = decision.events
    assert isinstance(fact, DossierRescheduledV1)
    assert [off.day for off in fact.days_off] == [date(2026, 3, 3)]
    assert decision.state.promised_at == closing(THURSDAY + timedelta(days=1))


WEEK_LATER_RULES = {"rules": {"cutoff": "08:00", "late_moves_start": True}}
LONGER = {"weekly": {day: [["07:30", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}}


@pytest.mark.parametrize(
    ("dossier", "newer", "now"),
    [
        pytest.param(received(calendar(1)), calendar(2, "2026-03-05"), MONDAY, id="a day off behind it"),
        pytest.param(received(calendar(1, "2026-03-03")), calendar(2), MONDAY, id="an earlier date: the later one was told"),
        pytest.param(received(calendar(1)), calendar(2, **WEEK_LATER_RULES), MONDAY, id="a rule of reception made later"),
        pytest.param(received(calendar(1)), calendar(2, **LONGER), MONDAY, id="a later hour of the same day"),
        pytest.param(received(calendar(1)), calendar(2, "2026-03-03"), closing(WEDNESDAY), id="passed: late, not moved"),
        pytest.param(received(calendar(2)), calendar(2, "2026-03-03"), MONDAY, id="counted by this version already"),
        pytest.param(received(calendar(1, id="other")), calendar(2, "2026-03-03"), MONDAY, id="by another calendar"),
        pytest.param(
            replace(received(calendar(1)), stage=Stage.DECIDED, decided_at=MONDAY, outcome=Outcome.GRANTED),
            calendar(2, "2026-03-03"),
            MONDAY,
            id="decided",
        ),
        pytest.param(
            replace(received(calendar(1)), stage=Stage.WITHDRAWN, withdrawn_at=MONDAY),
            calendar(2, "2026-03-03"),
            MONDAY,
            id="withdrawn",
        ),
    ],
)
def test_what_was_promised_stays(dossier: Dossier, newer: Calendar, now: datetime) -> None:
    assert reschedule(dossier, newer, now) is None


@given(st.sets(st.dates(date(2026, 3, 1), date(2026, 4, 10)), max_size=9), st.integers(1, 12))
def test_a_firm_date_is_the_later_of_what_was_told_and_what_would_be_told(days: set[date], amount: int) -> None:
    newer = calendar(2, *sorted(day.isoformat() for day in days))
    dossier = received(calendar(1, "2026-03-09"), amount=amount)
    would_be = received(newer, amount=amount).promised_at
    decision = reschedule(dossier, newer, MONDAY)
    assert dossier.promised_at is not None
    assert would_be is not None
    after = dossier if decision is None else decision.state
    assert after.promised_at == max(dossier.promised_at, would_be)


@given(st.sets(st.dates(date(2026, 3, 1), date(2026, 4, 10)), max_size=9), st.integers(1, 12), st.integers(0, 23))
def test_the_sieve_lets_through_whatever_would_move(days: set[date], amount: int, hour: int) -> None:
    newer = calendar(2, *sorted(day.isoformat() for day in days))
    dossier = received(calendar(1, "2026-03-09"), MONDAY.replace(hour=hour), amount=amount)
    assert dossier.explanation is not None
    held = Explanation.from_data(dossier.explanation)
    if reschedule(dossier, newer, MONDAY) is not None:
        assert Sieve(newer).passes(held.start, held.end, amount)


def test_the_sieve_holds_back_what_a_new_day_off_does_not_concern() -> None:
    sieve = Sieve(calendar(2, "2026-03-06"))
    assert not sieve.passes(MONDAY, closing(THURSDAY), 3)
    assert sieve.passes(MONDAY, closing(THURSDAY), 4)
    assert sieve.passes(MONDAY, closing(THURSDAY), None), "another kind of limit"
    assert sieve.passes(datetime(2026, 3, 6, 8, 0, tzinfo=CIVIL_TIME), closing(MONDAY + timedelta(days=7)), 1), "begins on it"
