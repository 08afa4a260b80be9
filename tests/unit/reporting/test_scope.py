"""Whose figures one sees."""

from datetime import date

from contracts.values import Role
from services.reporting.domain.period import Period
from services.reporting.domain.scope import KnownUnit, descendants, scope_of

SINCE = date(2017, 1, 1)


def unit(ident: str, parent: str | None = None, successor: str | None = None, valid_to: date | None = None) -> KnownUnit:
    return KnownUnit(id=ident, name=ident, parent=parent, successor=successor, valid_from=SINCE, valid_to=valid_to)


UNITS = [
    unit("province"),
    unit("district", "province", successor="commune", valid_to=date(2025, 6, 30)),
    unit("commune", "province"),
    unit("hamlet", "commune"),
    unit("other"),
]


def test_a_leader_sees_their_unit_and_all_below():
    assert scope_of({"province": [Role.LEADER]}, UNITS) == {"province", "district", "commune", "hamlet"}
    assert scope_of({"commune": [Role.LEADER], "other": [Role.CLERK]}, UNITS) == {"commune", "district", "hamlet", "other"}


def test_clerks_and_officers_see_their_own():
    assert scope_of({"province": [Role.CLERK, Role.OFFICER]}, UNITS) == {"province"}


def test_an_administrator_sees_their_unit_and_all_below_and_no_other():
    assert scope_of({"commune": [Role.ADMIN]}, UNITS) == {"commune", "district", "hamlet"}
    assert scope_of({"other": [Role.ADMIN, Role.CLERK]}, UNITS) == {"other"}


def test_operators_see_all():
    assert scope_of({"other": [Role.OPERATOR]}, UNITS) is None


def test_units_in_a_circle_end():
    assert descendants(["a"], [unit("a", "b"), unit("b", "a")]) == {"a", "b"}


def test_a_unit_that_ended_has_its_row_in_the_periods_in_which_it_existed():
    district = UNITS[1]
    assert district.existed_in(Period(date(2025, 6, 30), date(2025, 7, 15)))
    assert not district.existed_in(Period(date(2025, 7, 1), date(2025, 7, 15)))
    assert not district.existed_in(Period(date(2016, 1, 1), SINCE))
