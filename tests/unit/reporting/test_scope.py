"""Whose figures one sees, and who held a dossier."""

from datetime import UTC, date, datetime, timedelta

from contracts.values import Lane, Role
from services.reporting.domain.dossier import Fact
from services.reporting.domain.holding import Holding, holdings
from services.reporting.domain.period import Period
from services.reporting.domain.scope import KnownUnit, beneath, scope_of

SINCE, DAY = date(2017, 1, 1), timedelta(days=1)
MONDAY = datetime(2026, 2, 16, 1, tzinfo=UTC)


def unit(ident: str, parent: str | None = None, successor: str | None = None, valid_to: date | None = None) -> KnownUnit:
    return KnownUnit(ident, ident, parent, successor, SINCE, valid_to)


UNITS = [
    unit("province"),
    unit("district", "province", successor="commune", valid_to=date(2025, 6, 30)),
    unit("commune", "province"),
    unit("hamlet", "commune"),
    unit("other"),
]


def test_a_leader_sees_their_unit_and_all_beneath():
    assert scope_of({"province": [Role.LEADER]}, UNITS) == {"province", "district", "commune", "hamlet"}
    assert scope_of({"commune": [Role.LEADER], "other": [Role.CLERK]}, UNITS) == {"commune", "district", "hamlet", "other"}


def test_clerks_and_officers_see_their_own():
    assert scope_of({"province": [Role.CLERK, Role.OFFICER]}, UNITS) == {"province"}


def test_operators_and_admins_see_all():
    assert scope_of({"other": [Role.OPERATOR]}, UNITS) is None
    assert scope_of({"other": [Role.ADMIN, Role.CLERK]}, UNITS) is None


def test_units_in_a_circle_end():
    assert beneath(["a"], [unit("a", "b"), unit("b", "a")]) == {"a", "b"}


def test_a_unit_that_ended_stands_in_the_periods_in_which_it_was_there():
    district = UNITS[1]
    assert district.stood_in(Period(date(2025, 6, 30), date(2025, 7, 15)))
    assert not district.stood_in(Period(date(2025, 7, 1), date(2025, 7, 15)))
    assert not district.stood_in(Period(date(2016, 1, 1), SINCE))


def fact(source: str, sequence: int, at: datetime, **data: str | int | None) -> Fact:
    return Fact(source, "d-1", sequence, "", at, at, Lane.DISTRICT, data)


ACCEPTED = fact("intake", 1, MONDAY, unit="commune", accepted_on="2026-02-16")
OPENED = fact("routing", 1, MONDAY + DAY, competent_unit="district", officer=None)
ASSIGNED = fact("routing", 2, MONDAY + 2 * DAY, competent_unit="district", officer="cb006")
DECIDED = fact("routing", 3, MONDAY + 4 * DAY, competent_unit="district", officer="cb006", decided_on="2026-02-20")
TOLD = fact("intake", 2, MONDAY + 5 * DAY, unit="commune", accepted_on="2026-02-16")


def test_it_went_from_hand_to_hand_until_it_was_decided():
    expected = (
        Holding("commune", None, MONDAY, MONDAY + DAY),
        Holding("district", None, MONDAY + DAY, MONDAY + 2 * DAY),
        Holding("district", "cb006", MONDAY + 2 * DAY, MONDAY + 4 * DAY),
    )
    assert holdings([TOLD, DECIDED, ASSIGNED, OPENED, ACCEPTED]) == expected


def test_one_still_in_hand_has_no_end():
    assert holdings([ACCEPTED]) == (Holding("commune", None, MONDAY),)
    assert holdings([ACCEPTED, OPENED])[-1] == Holding("district", None, MONDAY + DAY)
    assert holdings([]) == ()


def test_what_was_decided_before_its_acceptance_is_known_has_had_no_hands():
    assert holdings([DECIDED]) == ()
