"""What a clerk types to find a dossier, and where a page of the list begins."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.refusal import Invalid
from services.intake import people
from services.intake.keys import Keys
from services.intake.repository.lists import Place, Search
from services.intake.searching import read_search
from tests.support.intake_world import settings, write_keys

UNIT, TODAY = "000.00.21.H99", date(2026, 2, 24)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return settings(write_keys(tmp_path_factory.mktemp("keys"))).keys


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("000.00.21.h99-260224-0017", "000.00.21.H99-260224-0017"),
        (" H15.50.05.13-260224-000017 ", "H15.50.05.13-260224-000017"),
        ("260223-0017", "000.00.21.H99-260223-0017"),
        ("17", "000.00.21.H99-260224-0017"),
        ("12345", "000.00.21.H99-260224-12345"),
    ],
)
def test_codes_and_their_ends(keys: Keys, typed: str, code: str) -> None:
    assert read_search(keys, typed, UNIT, TODAY, 4) == Search(code=code)


def test_submission_numbers_people_and_nothing(keys: Keys) -> None:
    assert read_search(keys, "s260224-4f7qx-0zk2m", UNIT, TODAY, 4) == Search(number="S260224-4F7QX-0ZK2M")
    assert read_search(keys, "   ", UNIT, TODAY, 4) is None
    person = read_search(keys, "0912 345 678", UNIT, TODAY, 4)
    assert person == Search(
        identity=people.identity_index(keys, "0912345678"), telephone=people.telephone_index(keys, "+84912345678")
    )
    assert read_search(keys, "034099000001", UNIT, TODAY, 4) == Search(
        identity=people.identity_index(keys, "034099000001"), telephone=None
    )


@given(st.text(max_size=100))
def test_anything_typed_is_a_search_or_nothing(keys: Keys, typed: str) -> None:
    found = read_search(keys, typed, UNIT, TODAY, 4)
    assert (found is None) == (not typed.split())


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_places_come_back(at: datetime, identifier: object) -> None:
    place = Place(at, f"d-{identifier}")
    assert Place.read(place.token()) == place


@given(st.text(max_size=60))
def test_any_other_place_is_refused(token: str) -> None:
    try:
        place = Place.read(token)
    except Invalid as refused:
        assert refused.field == "after"  # noqa: PT017 -- most texts are refused, and a lucky one is a place
    else:
        assert place.submitted_at.tzinfo is not None


def test_a_place_is_no_way_in() -> None:
    with pytest.raises(Invalid):
        Place.read("../../etc/passwd")


def test_key_files_are_where_the_settings_say(tmp_path: Path) -> None:
    given_files = write_keys(tmp_path)
    assert settings(given_files).field_key_file == tmp_path / "field_key_file"
