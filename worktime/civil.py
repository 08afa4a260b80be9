"""Civil time of Vietnam: every moment is brought to Asia/Ho_Chi_Minh and to whole seconds before anything is counted.

Only the years 2000 to 2199 are served. There the zone has no change of offset, so wall-clock arithmetic is exact.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from worktime.errors import MomentError

TIME_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
ONE_DAY = timedelta(days=1)
FIRST_YEAR = 2000
LAST_YEAR = 2199


def local(moment: datetime) -> datetime:
    """The aware `moment` in Asia/Ho_Chi_Minh, fractions of a second dropped.

    Raises ValueError for a naive moment (a fault of the program) and MomentError outside 2000 to 2199.
    """
    if moment.utcoffset() is None:
        raise ValueError("a moment without a time zone cannot be counted from")
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise MomentError(
            vi=f"Thời điểm {moment.isoformat()} nằm ngoài các năm {FIRST_YEAR}-{LAST_YEAR}: kiểm tra lại ngày đã nhập.",
            en=f"The moment {moment.isoformat()} is outside the years {FIRST_YEAR} to {LAST_YEAR}: check the date entered.",
        )
    return moment.astimezone(TIME_ZONE).replace(microsecond=0)


def at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, TIME_ZONE)


def read_clock(text: str) -> time:
    """A time of day written "HH:MM"; raises ValueError for any other form."""
    clock = time.fromisoformat(text)
    if text != f"{clock:%H:%M}":
        raise ValueError(text)
    return clock


def days_between(first: date, before: date) -> list[date]:
    """Every date from `first` on, `before` itself left out; empty when there is none."""
    return [first + ONE_DAY * offset for offset in range((before - first).days)]
