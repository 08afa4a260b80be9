"""A province's calendar of 2026 for the named examples, and calendars of every shape for the laws."""

from datetime import date, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

from worktime import (
    TIME_ZONE,
    Calendar,
    CalendarDays,
    DayException,
    ExceptionKind,
    Half,
    Params,
    SameDay,
    Shift,
    WorkingDays,
    WorkingHours,
)

FULL_DAY = [["07:30", "11:30"], ["13:30", "17:00"]]
MORNING = [["07:30", "11:30"]]


def _exception(day: str, kind: str, vi: str, en: str, shifts: list[list[str]] | None = None) -> dict[str, Any]:
    return {"date": day, "kind": kind, "vi": vi, "en": en, "shifts": shifts or []}


def province_data() -> dict[str, Any]:
    tet = [_exception(f"2026-02-{day}", "holiday", "Tết Nguyên đán", "Lunar New Year") for day in range(16, 21)]
    return {
        "id": "province",
        "version": 3,
        "weekly": dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), FULL_DAY) | {"sat": [], "sun": []},
        "exceptions": [
            _exception("2026-01-01", "holiday", "Tết Dương lịch", "New Year"),
            _exception("2026-01-02", "substitute_day_off", "hoán đổi với 10/01", "swapped with 10/01"),
            _exception("2026-01-10", "swapped_working_day", "thay cho 02/01", "for 02/01", FULL_DAY),
            *tet,
            _exception("2026-09-07", "local_closure", "tránh bão", "storm"),
            _exception("2026-09-08", "changed_hours", "khắc phục sau bão", "after the storm", [["09:00", "11:00"]]),
            _exception("2026-11-24", "holiday", "Ngày Văn hóa Việt Nam", "Vietnam Culture Day"),
        ],
    }


PROVINCE = Calendar.from_data(province_data())


def with_saturday_desk() -> dict[str, Any]:
    """Open on Saturday mornings, without saying that the limits count them."""
    data = province_data()
    return data | {"weekly": data["weekly"] | {"sat": MORNING}}


def with_saturday_mornings() -> Calendar:
    return Calendar.from_data(with_saturday_desk() | {"counted": ["mon", "tue", "wed", "thu", "fri", "sat"]})


def at(text: str) -> datetime:
    """A moment of Vietnam, "2026-02-13 09:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=TIME_ZONE)


@st.composite
def day_shifts(draw: st.DrawFn, least: int = 0) -> tuple[Shift, ...]:
    count = draw(st.integers(least, 3))
    minutes = sorted(draw(st.sets(st.integers(0, 24 * 60 - 1), min_size=2 * count, max_size=2 * count)))
    clocks = [time(*divmod(minute, 60)) for minute in minutes]
    return tuple(Shift(start, end) for start, end in zip(clocks[::2], clocks[1::2], strict=True))


@st.composite
def day_exceptions(draw: st.DrawFn) -> DayException:
    kind = draw(st.sampled_from(ExceptionKind))
    name = draw(st.sampled_from(["Tết Nguyên đán", "Quốc khánh", "tránh bão"]))
    if kind.works:
        return DayException(kind, name, f"{name} (en)", draw(day_shifts(least=1)))
    return DayException(kind, name, f"{name} (en)", half=draw(st.none() | st.sampled_from(Half)))


FIRST_DAY = date(2026, 1, 1)
dates = st.integers(0, 120).map(lambda offset: FIRST_DAY + timedelta(days=offset))
moments = st.integers(0, 90 * 24 * 3600).map(lambda seconds: datetime(2026, 1, 1, tzinfo=TIME_ZONE) + timedelta(seconds=seconds))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    weekly = draw(st.dictionaries(st.integers(0, 6), day_shifts()))
    # One whole hour a week at least: limits in hours over weeks of a minute are refused, which has a test of its own.
    opening, surely = draw(st.integers(0, 22)), draw(st.integers(0, 6))
    weekly[surely] = (Shift(time(opening), time(opening + 1)),)
    exceptions = draw(st.dictionaries(dates, day_exceptions(), max_size=12))
    counted = draw(st.frozensets(st.integers(0, 6))) | {surely}
    return Calendar(
        id="drawn",
        version=draw(st.integers(1, 9)),
        weekly=weekly,
        exceptions=exceptions,
        counted=counted,
        known_until=draw(st.none() | dates),
    )


day_limits = st.integers(1, 30).map(WorkingDays)
calendar_day_limits = st.integers(1, 40).map(CalendarDays)
hour_limits = st.integers(1, 60).map(WorkingHours)
cutoffs = st.integers(0, 23).map(time)
limits = day_limits | calendar_day_limits | hour_limits | st.builds(SameDay, st.none() | cutoffs)
params = st.builds(
    Params,
    cutoff=cutoffs,
    late_moves_start=st.booleans(),
    cutoff_basis=st.none() | st.just("Nghị định 118/2025/NĐ-CP"),
    from_arrival=st.booleans(),
    forwarding_days=st.integers(0, 3),
)
