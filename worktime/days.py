"""What one day of a calendar can be: its shifts, and why it differs from its weekday.

A shift lies inside one date and is counted in whole minutes. A day off has no shift and a working day has at least
one, so an exception cannot contradict its own kind. Only a morning or an afternoon may be off: the other half stays as the week
has it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from itertools import pairwise
from typing import Final

from worktime.errors import CalendarError

SATURDAY = 5
NOON: Final = time(12, 0)


@dataclass(frozen=True, slots=True)
class Shift:
    """Working time from `start` up to `end`, which is no longer part of it."""

    start: time
    end: time

    def __post_init__(self) -> None:
        if any(clock.tzinfo or clock.second or clock.microsecond for clock in (self.start, self.end)):
            raise CalendarError(
                vi=f"Ca {self} phải ghi bằng giờ và phút, không kèm múi giờ.",
                en=f"The shift {self} must be given in hours and minutes, without a time zone.",
            )
        if self.start >= self.end:
            raise CalendarError(
                vi=f"Ca {self} phải kết thúc sau khi bắt đầu, trong cùng một ngày.",
                en=f"The shift {self} must end after it starts, on the same day.",
            )

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


def check_order(shifts: Iterable[Shift], where: str) -> tuple[Shift, ...]:
    """The shifts of one day, refused with CalendarError unless each starts after the one before it has ended."""
    listed = tuple(shifts)
    for earlier, later in pairwise(listed):
        if later.start < earlier.end:
            raise CalendarError(
                vi=f"{where}: ca {later} chồng lên ca {earlier} hoặc sai thứ tự; hãy xếp các ca theo giờ, không chồng nhau.",
                en=f"{where}: shift {later} overlaps shift {earlier} or is out of order; list shifts by time, without overlap.",
            )
    return listed


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a day is counted or skipped: a stable code for programs, words for people."""

    code: str
    vi: str
    en: str


class Half(StrEnum):
    """Half a day, as offices say it: what lies before noon, or from noon on."""

    MORNING = "morning"
    AFTERNOON = "afternoon"

    def taken_from(self, shifts: Iterable[Shift]) -> tuple[Shift, ...]:
        """What remains of the shifts without this half; one that runs through noon is cut there."""
        if self is Half.MORNING:
            return tuple(Shift(max(shift.start, NOON), shift.end) for shift in shifts if shift.end > NOON)
        return tuple(Shift(shift.start, min(shift.end, NOON)) for shift in shifts if shift.start < NOON)


class ExceptionKind(StrEnum):
    HOLIDAY = "holiday"
    LOCAL_CLOSURE = "local_closure"
    SUBSTITUTE_DAY_OFF = "substitute_day_off"
    SWAPPED_WORKING_DAY = "swapped_working_day"
    CHANGED_HOURS = "changed_hours"

    @property
    def works(self) -> bool:
        return self in {ExceptionKind.SWAPPED_WORKING_DAY, ExceptionKind.CHANGED_HOURS}


_LEAD_IN = {
    ExceptionKind.HOLIDAY: ("nghỉ ", "holiday: "),
    ExceptionKind.LOCAL_CLOSURE: ("đóng cửa: ", "closed: "),
    ExceptionKind.SUBSTITUTE_DAY_OFF: ("nghỉ bù: ", "substitute day off: "),
    ExceptionKind.SWAPPED_WORKING_DAY: ("làm bù: ", "make-up working day: "),
    ExceptionKind.CHANGED_HOURS: ("đổi giờ làm việc: ", "changed hours: "),
}

_HALVES = {Half.MORNING: ("buổi sáng", "in the morning"), Half.AFTERNOON: ("buổi chiều", "in the afternoon")}


@dataclass(frozen=True, slots=True)
class DayException:
    """A date that differs from its weekday; `vi` and `en` name it ("Tết Nguyên đán", "Lunar New Year").

    `half`: only that half of a day off is off.
    """

    kind: ExceptionKind
    vi: str
    en: str
    shifts: tuple[Shift, ...] = ()
    half: Half | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        if not self.vi.strip() or not self.en.strip():
            raise CalendarError(
                vi="Ngày ngoại lệ phải có tên bằng cả tiếng Việt và tiếng Anh.",
                en="An exceptional day needs a name in Vietnamese and in English.",
            )
        if self.kind.works and not self.shifts:
            raise CalendarError(
                vi=f"“{self.vi}” là ngày làm việc: hãy ghi ít nhất một ca.",
                en=f"“{self.en}” is a working day: give it at least one shift.",
            )
        if not self.kind.works and self.shifts:
            raise CalendarError(
                vi=f"“{self.vi}” là ngày nghỉ: hãy bỏ các ca, hoặc chọn loại changed_hours.",
                en=f"“{self.en}” is a day off: remove its shifts, or choose the kind changed_hours.",
            )
        if self.kind.works and self.half is not None:
            raise CalendarError(
                vi=f"“{self.vi}” là ngày làm việc: hãy ghi các ca thay vì buổi.",
                en=f"“{self.en}” is a working day: give its shifts instead of a half.",
            )
        object.__setattr__(self, "shifts", check_order(self.shifts, self.vi))

    def shifts_of(self, week: tuple[Shift, ...]) -> tuple[Shift, ...]:
        """The opening hours of this date, on a weekday that has those of `week`."""
        return self.shifts if self.half is None else self.half.taken_from(week)

    @property
    def reason(self) -> Reason:
        if self.half is not None:
            vi, en = (lead_in.rstrip(": ") for lead_in in _LEAD_IN[self.kind])
            which_vi, which_en = _HALVES[self.half]
            return Reason(self.kind.value, f"{vi} {which_vi}: {self.vi}", f"{en}, {which_en}: {self.en}")
        vi, en = _LEAD_IN[self.kind]
        return Reason(self.kind.value, _introduced(vi, self.vi), _introduced(en, self.en))


def _introduced(lead_in: str, name: str) -> str:
    """Administrators often write the kind into the name; "nghỉ nghỉ Tết" is what this prevents."""
    return name if name.casefold().startswith(lead_in.rstrip(": ")) else lead_in + name


WORKING_DAY = Reason("working_day", "ngày làm việc", "working day")
OPEN_ONLY = Reason(
    "open_only", "mở cửa tiếp nhận, không phải ngày làm việc của thời hạn", "open, but not a day that the limit counts"
)
_WEEKEND = Reason("weekly_rest", "nghỉ cuối tuần", "weekend")
_WEEKLY_REST = Reason("weekly_rest", "nghỉ theo lịch tuần", "weekly day off")


def weekly_rest(day: date) -> Reason:
    return _WEEKEND if day.weekday() >= SATURDAY else _WEEKLY_REST
