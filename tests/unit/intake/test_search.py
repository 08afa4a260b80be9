"""What a clerk types to find a dossier."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.identity import possible_identities
from contracts.text import compact
from services.intake.adapters.keys import Keys, keys_of
from services.intake.adapters.seal import identity_index, name_index, telephone_index
from services.intake.queries.search import read_search
from services.intake.repository.lists import Search
from tests.support.intake_events import write_keys
from tests.support.intake_world import settings

UNIT, TODAY = "000.00.21.H99", date(2026, 2, 24)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return keys_of(settings(write_keys(tmp_path_factory.mktemp("keys"))))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("000.00.21.h99-260224-0017", "000.00.21.H99-260224-0017"),
        (" H15.50.05.13-260224-000017 ", "H15.50.05.13-260224-000017"),
        ("260223-0017", "000.00.21.H99-260223-0017"),
        ("17", "000.00.21.H99-260224-0017"),
        ("12345", "000.00.21.H99-260224-12345"),
        ("\ufeff000.00.21.H99\u2011260224\u20130017\u200b", "000.00.21.H99-260224-0017"),
        ("260223\u20100017", "000.00.21.H99-260223-0017"),
    ],
)
def test_codes_and_their_ends(keys: Keys, typed: str, code: str) -> None:
    assert read_search(keys, typed, UNIT, TODAY, 4) == Search(code=code)


def test_submission_numbers_people_and_nothing(keys: Keys) -> None:
    assert read_search(keys, "s260224-4f7qx-0zk2m", UNIT, TODAY, 4) == Search(number="S260224-4F7QX-0ZK2M")
    assert read_search(keys, " C-0AF00001 ", UNIT, TODAY, 4) == Search(collection="c-0af00001")
    assert read_search(keys, "c\u20110af00001\u200b", UNIT, TODAY, 4) == Search(collection="c-0af00001")
    assert read_search(keys, "   ", UNIT, TODAY, 4) is None
    person = read_search(keys, "0912 345 678", UNIT, TODAY, 4)
    assert person == Search(identities=of_kinds(keys, "0912345678"), telephone=telephone_index(keys, "+84912345678"))
    assert read_search(keys, "034.099.000.001", UNIT, TODAY, 4) == Search(
        identities=of_kinds(keys, "034.099.000.001"), telephone=None
    )


def test_words_without_a_digit_are_a_name(keys: Keys) -> None:
    assert read_search(keys, " NGỌC  đặng ", UNIT, TODAY, 4) == Search(words=name_index(keys, "ngoc dang"))
    assert set(name_index(keys, "Đặng Thị Ngọc")) > set(name_index(keys, "ngọc đặng"))
    assert len(name_index(keys, "Vi Vi")) == 1
    assert read_search(keys, "ngoc 2", UNIT, TODAY, 4) == Search(identities=of_kinds(keys, "ngoc 2"))


def of_kinds(keys: Keys, number: str) -> tuple[bytes, ...]:
    return tuple(identity_index(keys, identity) for identity in possible_identities(number))


@given(st.text(max_size=100))
def test_anything_typed_is_a_search_or_nothing(keys: Keys, typed: str) -> None:
    search = read_search(keys, typed, UNIT, TODAY, 4)
    assert (search is None) == (not compact(typed))


def test_key_files_are_where_the_settings_say(tmp_path: Path) -> None:
    given_files = write_keys(tmp_path)
    assert settings(given_files).field_key_file == tmp_path / "field_key_file"
