"""What one person may see: by the units they hold roles in."""

from datetime import UTC, date, datetime

import pytest

from contracts.values import Role
from services.reporting.access import Access, may_open_case, page_of
from services.reporting.domain.period import Period
from services.reporting.domain.question import Question
from services.reporting.domain.scope import KnownUnit
from web.principal import Forbidden, Principal

JANUARY = Period(date(2026, 1, 1), date(2026, 2, 1))


def unit(ident: str) -> KnownUnit:
    return KnownUnit(id=ident, name=ident.title(), parent=None, successor=None, valid_from=date(2017, 1, 1), valid_to=None)


UNITS = {ident: unit(ident) for ident in ("commune", "district")}
OWN = Access(frozenset({"commune"}), UNITS)


@pytest.mark.parametrize("name", ["unit", "competent"])
def test_a_question_about_another_unit_is_refused(name):
    with pytest.raises(Forbidden) as refused:
        OWN.require(Question(period=JANUARY, **{name: "district"}))
    assert "District" in refused.value.vi


def test_a_question_about_all_ones_own_or_an_unknown_unit_is_answered():
    """Of a unit that nobody knows there is nothing to hide: its figures are empty."""
    OWN.require(Question(period=JANUARY))
    OWN.require(Question(period=JANUARY, unit="commune", competent="none"))
    OWN.require(Question(period=JANUARY, unit="nowhere"))
    Access(None, UNITS).require(Question(period=JANUARY, unit="district"))


def test_a_unit_has_its_name_of_today_else_the_one_given():
    assert OWN.unit_name("district", "Before") == "District"
    assert OWN.unit_name("gone", "Before") == "Before"
    assert OWN.unit_name("gone") == "gone"


@pytest.mark.parametrize(
    ("competent", "opens"), [("commune", True), ("district", False), ("market", False), (None, False)], ids=str
)
def test_a_case_opens_for_officers_and_leaders_of_the_deciding_unit(competent, opens):
    roles = {"commune": frozenset({Role.OFFICER}), "district": frozenset({Role.CLERK})}
    person = Principal(
        staff_id="cb1", username="an", name="An", roles=roles, issued_at=datetime(2026, 1, 1, tzinfo=UTC), session_id="s"
    )
    assert may_open_case(person, competent) is opens
    leader = Principal(
        staff_id="cb2",
        username="binh",
        name="Bình",
        roles={"commune": frozenset({Role.LEADER})},
        issued_at=datetime(2026, 1, 1, tzinfo=UTC),
        session_id="s",
    )
    assert may_open_case(leader, competent) is opens


@pytest.mark.parametrize(
    ("unit", "competent", "page"),
    [
        ("district", "commune", "/routing/cases/d-1"),
        ("district", "market", "/intake/dossiers/d-1"),
        ("district", None, "/intake/dossiers/d-1"),
        ("commune", "market", ""),
    ],
)
def test_a_line_leads_to_where_its_reader_sees_the_dossier(unit, competent, page):
    roles = {"commune": frozenset({Role.OFFICER}), "district": frozenset({Role.CLERK})}
    person = Principal(
        staff_id="cb1", username="an", name="An", roles=roles, issued_at=datetime(2026, 1, 1, tzinfo=UTC), session_id="s"
    )
    assert page_of(person, "d-1", unit, competent) == page
