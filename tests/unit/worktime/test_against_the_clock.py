"""Random calendars, limits and pauses, counted by the library and minute by minute: the same moment."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.minute_reference import Clock, Question, due
from worktime import TIME_ZONE, Calendar, Limit, Owed, Params, Promise, SameDay, Transfer, limit_from_data, promise, resume

FIRST = datetime(2026, 1, 1)  # noqa: DTZ001 -- the reference's own moments, without a zone
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURS: list[list[list[str]]] = [
    [["07:30", "11:30"], ["13:30", "17:00"]],
    [["07:30", "11:30"]],
    [["08:00", "16:00"]],
    [["13:00", "17:30"]],
    [["00:00", "06:00"], ["09:00", "09:20"], ["20:00", "23:59"]],
]
SHORT = 12
minutes = st.integers(0, 40 * 24 * 60)
lengths = st.integers(0, 9 * 24 * 60)


@st.composite
def exceptions(draw: st.DrawFn) -> list[dict[str, Any]]:
    days = draw(st.sets(st.integers(0, 70), max_size=12))
    return [_exception(draw, FIRST + timedelta(days=day)) for day in sorted(days)]


def _exception(draw: st.DrawFn, day: datetime) -> dict[str, Any]:
    kind = draw(st.sampled_from(["holiday", "local_closure", "substitute_day_off", "swapped_working_day", "changed_hours"]))
    named = {"date": f"{day:%Y-%m-%d}", "kind": kind, "vi": "ngày", "en": "day"}
    if kind in {"swapped_working_day", "changed_hours"}:
        return named | {"shifts": draw(st.sampled_from(HOURS))}
    half = draw(st.sampled_from([None, None, "morning", "afternoon"]))
    return named if half is None else named | {"half": half}


@st.composite
def calendars(draw: st.DrawFn) -> dict[str, Any]:
    """Three counted weekdays at least have hours, so that minutes are not counted for years."""
    open_days = draw(st.sets(st.sampled_from(WEEKDAYS), min_size=3))
    counted = {*draw(st.sets(st.sampled_from(sorted(open_days)), min_size=3)), *draw(st.sets(st.sampled_from(WEEKDAYS)))}
    weekly = {day: draw(st.sampled_from(HOURS)) for day in sorted(open_days)}
    return {"id": "x", "version": 1, "weekly": weekly, "exceptions": draw(exceptions()), "counted": sorted(counted)}


limits = st.one_of(
    st.builds(lambda amount: {"kind": "working_days", "amount": amount}, st.integers(1, SHORT)),
    st.builds(lambda amount: {"kind": "calendar_days", "amount": amount}, st.integers(1, 2 * SHORT)),
    st.builds(lambda amount: {"kind": "working_hours", "amount": amount}, st.integers(1, 3 * SHORT)),
    st.just({"kind": "same_day"}),
)


@st.composite
def pauses(draw: st.DrawFn, accepted: datetime) -> list[tuple[datetime, datetime]]:
    """Up to three, one after the other; some begin as the one before ends."""
    listed, since = [], accepted
    for _ in range(draw(st.integers(0, 3))):
        stopped = since + timedelta(minutes=draw(st.just(0) | st.integers(0, 3 * 24 * 60)))
        since = stopped + timedelta(minutes=draw(lengths))
        listed.append((stopped, since))
    return listed


def local(moment: datetime) -> datetime:
    return moment.replace(tzinfo=TIME_ZONE)


def counted(data: dict[str, Any], question: Question, limit: Limit, rules: Params) -> Promise:
    calendar = Calendar.from_data(data)
    transfer = None if question.arrived is None else Transfer(local(question.arrived))
    given_promise = promise(calendar, local(question.accepted), limit, params=rules, transfer=transfer)
    for stopped, resumed in question.pauses:
        given_promise = resume(calendar, given_promise, local(stopped), local(resumed), owed=Owed.PAPERS)
    return given_promise


@settings(max_examples=2 * settings().max_examples)
@given(data=st.data(), calendar=calendars(), limit=limits, minute=minutes, late_moves=st.booleans(), far=st.booleans())
def test_the_same_moment(
    *, data: st.DataObject, calendar: dict[str, Any], limit: dict[str, Any], minute: int, late_moves: bool, far: bool
) -> None:
    accepted = FIRST + timedelta(minutes=minute)
    known = limit_from_data(limit)
    is_late_possible = isinstance(known, SameDay) or (late_moves and limit["kind"] != "working_hours")
    question = Question(
        kind=limit["kind"],
        amount=limit.get("amount", 0),
        accepted=accepted,
        cutoff=15 * 60 if is_late_possible else None,
        arrived=accepted + timedelta(minutes=data.draw(lengths)) if far else None,
        pauses=data.draw(pauses(accepted)),
    )
    moment = counted(calendar, question, known, Params(late_moves_start=late_moves)).moment
    assert moment == local(due(Clock(calendar), question))
