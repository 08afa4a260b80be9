"""An officer is away for some days, and a deputy gets what competence would give to them; a leader's deputy signs meanwhile. One
absence a person: noting another replaces it, so who comes back early notes an earlier last day.
"""

from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Final

from contracts.directory import StaffV1
from contracts.refusal import Invalid, Refusal
from contracts.values import Role

LONGEST_DAYS: Final = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """`officer`, `deputy`, `noted_by`: staff ids. First and last day included, in Vietnam's calendar."""

    officer: str
    deputy: str
    first_day: date
    last_day: date
    noted_by: str

    @property
    def id(self) -> str:
        return self.officer

    def covers(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day


class BadAbsence(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "absence-days",
            vi=f"Ngày cuối phải từ ngày đầu trở đi, và không quá {LONGEST_DAYS} ngày. Hãy chọn lại.",
            en=f"The last day has to be the first one or later, and at most {LONGEST_DAYS} days in all. Choose again.",
            field="last_day",
        )


class NoDeputy(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "deputy-not-here",
            vi="Người thay phải là một chuyên viên khác đang làm việc ở cùng đơn vị; thay lãnh đạo thì lãnh đạo khác cũng được. "
            "Hãy chọn người khác.",
            en="The deputy has to be another active officer of the same unit; for a leader, another leader will do too. "
            "Choose somebody else.",
            field="deputy",
        )


class OthersAbsence(Refusal):
    status = HTTPStatus.FORBIDDEN

    def __init__(self) -> None:
        super().__init__(
            "absence-of-others",
            vi="Chỉ chính người đó hoặc lãnh đạo đơn vị của họ ghi được ngày vắng. Hãy nhờ lãnh đạo đơn vị.",
            en="An absence is noted by the officer or by a leader of their unit. Ask the unit's leader.",
        )


def note_absence(absence: Absence, officer: StaffV1 | None, deputy: StaffV1 | None, leads: frozenset[str]) -> Absence:
    """`leads`: the units that whoever notes it leads. Raises a Refusal."""
    units, signs_for = officer_units(officer), units_with(officer, Role.LEADER)
    if absence.noted_by != absence.officer and not (units | signs_for) & leads:
        raise OthersAbsence
    stand_in_for = (units & officer_units(deputy)) | (signs_for & (officer_units(deputy) | units_with(deputy, Role.LEADER)))
    if absence.deputy == absence.officer or not stand_in_for:
        raise NoDeputy
    if not 0 <= (absence.last_day - absence.first_day).days < LONGEST_DAYS:
        raise BadAbsence
    return absence


def officer_units(staff: StaffV1 | None) -> frozenset[str]:
    """Where the person is an officer now; nowhere once they have left."""
    return units_with(staff, Role.OFFICER)


def units_with(staff: StaffV1 | None, role: Role) -> frozenset[str]:
    """Where the person has that role now."""
    if staff is None or not staff.active:
        return frozenset()
    return frozenset(post.unit for post in staff.posts if post.role is role)
