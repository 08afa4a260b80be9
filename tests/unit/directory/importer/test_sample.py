"""The sample that comes with the software is a province in small, and its README explains the format that is read."""

from datetime import date

import pytest

from services.directory.importer.formats import FORMATS
from tests.support.directory_world import sample_entities
from tests.support.reference_data import BUSINESS, CENTRE, COMMUNE, DEPARTMENT, DISTRICT, POST_OFFICE, SAMPLE
from worktime import Calendar


def test_versions_share_what_names_no_version() -> None:
    first, second = sample_entities().procedures[BUSINESS].versions
    assert [paper.code for paper in first.papers] == ["giay-de-nghi", "can-cuoc", "bien-ban"]
    assert [paper.code for paper in second.papers] == ["giay-de-nghi", "bien-ban"]
    assert {pair.receiving for pair in second.competences} - {pair.receiving for pair in first.competences} == {POST_OFFICE}
    assert (first.limit.amount, second.limit.amount) == (5, 3)


def test_without_a_competent_unit_each_decides_by_itself() -> None:
    copies = sample_entities().procedures["2.900033"].versions[0]
    assert [(pair.receiving, pair.competent) for pair in copies.competences] == [(DISTRICT, DISTRICT), (COMMUNE, COMMUNE)]


def test_the_sample_is_a_province_in_small() -> None:
    sample = sample_entities()
    assert {unit.tier for unit in sample.units.values()} == {"province", "district", "commune", "postal"}
    assert len([unit for unit in sample.units.values() if unit.tier != "postal"]) == 5
    assert len(sample.procedures) == 8
    assert len({version.field for procedure in sample.procedures.values() for version in procedure.versions}) == 5
    assert all(
        entity.sample for kind in (sample.units, sample.calendars, sample.procedures, sample.staff) for entity in kind.values()
    )
    held = [len({post.unit for post in person.posts}) for person in sample.staff.values()]
    assert max(held) == 2, "somebody holds posts in two agencies"
    assert {CENTRE, DEPARTMENT, DISTRICT, COMMUNE, POST_OFFICE} < sample.units.keys()


def test_somebody_decides_everything_that_can_be_received() -> None:
    sample = sample_entities()
    officers = {
        (post.unit, field)
        for person in sample.staff.values()
        for post in person.posts
        if post.role == "officer"
        for field in post.fields or ["*"]
    }
    for procedure in sample.procedures.values():
        for version in procedure.versions:
            for pair in version.competences:
                assert {(pair.competent, version.field), (pair.competent, "*")} & officers, (procedure.code, pair.competent)


@pytest.mark.parametrize("year", [2025, 2026, 2027])
def test_the_sample_knows_the_public_holidays(year: int) -> None:
    """Seeded from the holidays library, corrected by hand: what it lacks are swaps, never a holiday."""
    import holidays

    calendar = sample_entities().calendars["mot-cua"]
    counted = Calendar.from_data(calendar.model_dump(mode="json") | {"version": 1})
    worked = [day for day in holidays.country_holidays("VN", years=year) if counted.shifts_on(day)]
    assert worked == []


def test_swapped_days_are_in_the_sample() -> None:
    counted = Calendar.from_data(sample_entities().calendars["hanh-chinh"].model_dump(mode="json") | {"version": 1})
    for off, worked in (((2026, 1, 2), (2026, 1, 10)), ((2026, 8, 31), (2026, 8, 22)), ((2025, 5, 2), (2025, 4, 26))):
        assert not counted.shifts_on(date(*off))
        assert counted.shifts_on(date(*worked))
    assert not counted.shifts_on(date(2026, 11, 24))


def test_the_readme_names_every_column_and_no_other() -> None:
    explained: dict[str, set[str]] = {}
    for line in (SAMPLE / "README.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("### "):
            explained[line.removeprefix("### ").strip("`")] = set()
        elif line.startswith("| `") and explained:
            explained[[*explained][-1]] |= {name.strip(" `") for name in line.split("|")[1].split(",")}
    assert explained == {file.name: {column.name for column in file.columns} for file in FORMATS}
