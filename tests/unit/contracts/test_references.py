"""Codes, submission numbers and secrets as people give them: read in one way everywhere, and a slip is told from a guess."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.references import (
    ALPHABET,
    MalformedReference,
    MalformedSecret,
    parse_reference,
    parse_secret,
    read_reference,
    read_secret,
)

CODE, NUMBER = "000.00.21.H99-260224-0001", "S260224-4F7QX-0ZK2M"
HYPHENS = ("\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2212", "\ufe63", "\uff0d")


@pytest.mark.parametrize("reference", [CODE, NUMBER, "H15.50.05.13-260224-000017"])
@pytest.mark.parametrize("hyphen", HYPHENS)
def test_every_hyphen_is_one(reference: str, hyphen: str) -> None:
    assert parse_reference(reference.replace("-", hyphen)) == reference


@pytest.mark.parametrize(
    "typed",
    [
        CODE.lower(),
        f"\ufeff{CODE}\u200b",
        f" {CODE[:13]} - 260224 -\u00a00001\n",
        "000.00.21.H99 260224 0001",
        "000. 00.21.h99-260224-0001",
        "000.00.21.H99-26O224-OOOl",
        "０００.00.21.H99-260224-0001",
    ],
)
def test_a_code_is_read_however_it_was_copied(typed: str) -> None:
    assert read_reference(typed) == parse_reference(typed) == CODE


@pytest.mark.parametrize("typed", [NUMBER.lower(), "S2602244F7QX0ZK2M", "s260224 4f7qx ozk2m", "S26O224-4F7QX-\u200bOZK2M"])
def test_a_submission_number_is_read_like_the_secret(typed: str) -> None:
    assert read_reference(typed) == parse_reference(typed) == NUMBER


@pytest.mark.parametrize(
    "typed", ["", "17", "260224-0001", "000.00.21.H99", "000.00.21.H99-261399-0001", "S260224-4F7QX", "XY-260224-0001", "đơn"]
)
def test_what_can_be_no_reference_is_a_slip_with_an_example(typed: str) -> None:
    with pytest.raises(MalformedReference) as slip:
        parse_reference(typed, field="number")
    assert slip.value.field == "number"
    assert "000.00.16.H26-260218-0001" in slip.value.vi
    assert "000.00.16.H26-260218-0001" in slip.value.en


def test_a_part_of_a_code_is_left_to_whoever_searches() -> None:
    assert read_reference(" 260224\u20110001 ") == "260224-0001"


@given(st.text(ALPHABET, min_size=8, max_size=8))
def test_a_secret_is_read_however_it_is_typed(letters: str) -> None:
    written = f"{letters[:4]}-{letters[4:]}"
    spoken = letters.replace("0", "O").replace("1", "l")
    ways = (written, letters.lower(), f" {written} ", " ".join(letters), spoken, f"\u200b{letters[:4]}\u2013{letters[4:]}")
    assert {read_secret(typed) for typed in ways} == {parse_secret(typed) for typed in ways} == {letters}


@pytest.mark.parametrize("typed", ["", "7K3Q-9XA", "7K3Q-9XAB1", "7K3Q-9XÂB", "--------"])
def test_what_can_be_no_secret_is_a_slip(typed: str) -> None:
    with pytest.raises(MalformedSecret, match="8 letters"):
        parse_secret(typed)


@given(st.text(max_size=60))
def test_reading_twice_is_reading_once(typed: str) -> None:
    assert read_reference(read_reference(typed)) == read_reference(typed)
    assert not re.search(r"\s", read_reference(typed))
