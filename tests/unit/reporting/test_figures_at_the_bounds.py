"""Every number of the form, and every period, at the first and the last day that it counts."""

from datetime import date, timedelta
from typing import Any

import pytest

from contracts.values import Channel, PortalStatus
from services.reporting.domain.definition import V1
from services.reporting.domain.figures import CountedDossier, Measure, classify, count, days_late, judged_before
from services.reporting.domain.period import (
    EARLIEST,
    LATEST,
    Boundaries,
    Period,
    PeriodOutOfRange,
    PeriodReversed,
    Preset,
    preset,
)

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
BEFORE, FIRST, LAST, AFTER = date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)
SOON = date(2026, 3, 20)


def dossier(**changes: Any) -> CountedDossier:
    known = {
        "status": PortalStatus.IN_PROCESS,
        "channel": Channel.COUNTER,
        "accepted_on": FIRST,
        "promised_on": SOON,
        "decided_on": None,
    }
    return CountedDossier(**(known | changes))


def measures(judged: date = SOON, **changes: Any) -> set[Measure]:
    return set(classify(dossier(**changes), MARCH, judged, V1)) - {Measure.TOTAL}


@pytest.mark.parametrize(
    ("accepted", "came"),
    [
        (BEFORE, {Measure.CARRIED_OVER}),
        (FIRST, {Measure.RECEIVED, Measure.RECEIVED_DIRECT}),
        (LAST, {Measure.RECEIVED, Measure.RECEIVED_DIRECT}),
    ],
)
def test_received_from_the_first_day_to_the_last(accepted: date, came: set[Measure]) -> None:
    assert measures(accepted_on=accepted) == {*came, Measure.IN_PROGRESS, Measure.WITHIN_TIME}


@pytest.mark.parametrize(
    ("channel", "measure"),
    [
        (Channel.ONLINE, Measure.RECEIVED_ONLINE),
        (Channel.COUNTER, Measure.RECEIVED_DIRECT),
        (Channel.POST, Measure.RECEIVED_DIRECT),
    ],
)
def test_online_is_told_from_direct_and_postal(channel: Channel, measure: Measure) -> None:
    assert measures(channel=channel) == {Measure.RECEIVED, measure, Measure.IN_PROGRESS, Measure.WITHIN_TIME}


@pytest.mark.parametrize(
    ("decided", "promised", "went"),
    [
        (FIRST, SOON, {Measure.RESOLVED, Measure.EARLY}),
        (SOON, SOON, {Measure.RESOLVED, Measure.ON_TIME}),
        (SOON + timedelta(days=1), SOON, {Measure.RESOLVED, Measure.LATE}),
        (LAST, SOON, {Measure.RESOLVED, Measure.LATE}),
        (AFTER, SOON, {Measure.IN_PROGRESS, Measure.WITHIN_TIME}),
        (None, SOON, {Measure.IN_PROGRESS, Measure.WITHIN_TIME}),
        (None, SOON - timedelta(days=1), {Measure.IN_PROGRESS, Measure.OVERDUE}),
    ],
)
def test_resolved_and_in_progress_by_their_dates(decided: date | None, promised: date, went: set[Measure]) -> None:
    assert measures(accepted_on=BEFORE, decided_on=decided, promised_on=promised) == {Measure.CARRIED_OVER, *went}


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"accepted_on": AFTER}, id="accepted after the period"),
        pytest.param({"accepted_on": BEFORE, "decided_on": BEFORE}, id="decided before the period"),
        pytest.param({"accepted_on": None}, id="never accepted"),
        pytest.param({"promised_on": None}, id="never promised"),
        pytest.param({"status": PortalStatus.REFUSED}, id="refused"),
        pytest.param({"status": PortalStatus.SUBMITTED}, id="submitted"),
    ],
)
def test_what_does_not_belong_is_not_counted_at_all(changes: dict[str, Any]) -> None:
    assert classify(dossier(**changes), MARCH, SOON, V1) == frozenset()


def test_the_form_adds_dossiers_up() -> None:
    figures = count([dossier(), dossier(channel=Channel.ONLINE, decided_on=SOON), dossier(accepted_on=AFTER)], MARCH, SOON, V1)
    assert (figures.total, figures.received, figures.received_online, figures.on_time, figures.in_progress) == (2, 2, 1, 1, 1)


@pytest.mark.parametrize(("today", "judged"), [(SOON, SOON), (AFTER, AFTER), (date(2026, 7, 1), AFTER)])
def test_a_past_period_is_judged_the_day_after_its_end(today: date, judged: date) -> None:
    assert judged_before(MARCH, today) == judged


@pytest.mark.parametrize(
    ("promised", "decided", "judged", "days"),
    [
        (SOON, SOON, AFTER, 0),
        (SOON, SOON + timedelta(days=3), AFTER, 3),
        (SOON, FIRST, AFTER, 0),
        (SOON, LAST, AFTER, 11),
        (SOON, AFTER, SOON + timedelta(days=5), 5),
        (SOON, None, SOON, 0),
        (SOON, None, SOON + timedelta(days=1), 1),
        (SOON, None, FIRST, 0),
    ],
)
def test_days_late_are_counted_to_the_decision_or_to_the_day_of_judgement(
    promised: date, decided: date | None, judged: date, days: int
) -> None:
    assert days_late(promised, decided, MARCH, judged) == days


# --- periods --------------------------------------------------------------------------------------------


def test_the_years_that_are_counted_can_be_asked_for_whole() -> None:
    assert Period(EARLIEST, LATEST).last == LATEST - timedelta(days=1)
    assert Period.through(EARLIEST, LATEST - timedelta(days=1)) == Period(EARLIEST, LATEST)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (EARLIEST - timedelta(days=1), LATEST - timedelta(days=1), "from"),
        (EARLIEST, LATEST, "to"),
    ],
)
def test_beyond_the_years_that_are_counted_the_date_to_mend_is_named(first: date, last: date, field: str) -> None:
    with pytest.raises(PeriodOutOfRange) as refused:
        Period.through(first, last)
    assert (refused.value.code, refused.value.field) == ("period-out-of-range", field)
    assert refused.value.vi == "Ngày phải từ 01/01/2000 đến trước 01/01/2100."
    assert refused.value.en == "Dates run from 2000-01-01 to before 2100-01-01."


def test_a_period_that_ends_before_it_begins_is_refused_in_both_languages() -> None:
    with pytest.raises(PeriodReversed) as refused:
        Period.through(LAST, FIRST)
    assert (refused.value.code, refused.value.field) == ("period-reversed", "to")
    assert refused.value.vi == "Kỳ báo cáo phải có ít nhất một ngày: ngày cuối không được trước ngày đầu."
    assert refused.value.en == "A period has at least one day: its last day cannot be before its first."


def test_new_boundaries_are_in_force_from_their_first_day_on() -> None:
    old, new = Boundaries(date(2000, 1, 1), day=15, month=12), Boundaries(date(2026, 3, 1), day=1, month=1)
    assert preset(Preset.MONTH, date(2026, 2, 28), (old, new)) == Period(date(2026, 2, 15), date(2026, 3, 15))
    assert preset(Preset.MONTH, date(2026, 3, 1), (old, new)) == Period(date(2026, 3, 1), date(2026, 4, 1))
