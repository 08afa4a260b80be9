"""A register gives 1, 2, 3 and so on for its unit, kind and civil year, and writes a number as the procedure has it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.directory import SigningV1
from services.routing.domain.register import NumberRegister, RegisterKey

UNIT, OTHER = "000.00.21.H99", "H99.21.05.13"


def signing(number_format: str, kind: str = "QĐ") -> SigningV1:
    return SigningV1(kind=kind, number_format=number_format)


@pytest.mark.parametrize(
    ("at", "year"),
    [
        (datetime(2026, 12, 31, 16, 59, tzinfo=UTC), 2026),
        (datetime(2026, 12, 31, 17, 0, tzinfo=UTC), 2027),
    ],
)
def test_the_year_turns_at_midnight_in_vietnam(at: datetime, year: int) -> None:
    assert RegisterKey.of(UNIT, signing("{n}"), at) == RegisterKey(UNIT, "QĐ", year)


@pytest.mark.parametrize(
    ("number_format", "number"),
    [
        ("{n}/QĐ-UBND", "7/QĐ-UBND"),
        ("{n}/{year}/{kind}-{unit}", f"7/2026/QĐ-{UNIT}"),
        ("{kind}.{kind} {n}", "QĐ.QĐ 7"),
    ],
)
def test_a_number_is_written_as_the_procedure_has_it(number_format: str, number: str) -> None:
    assert NumberRegister(UNIT, "QĐ", 2026, 7).written(signing(number_format).number_format) == number


@pytest.mark.parametrize(
    "number_format", ["", "QĐ", "{n}{n}", "{n}/{m}", "{n", "{n.__class__}", "{year}", "{n}\x00", "{n}" + "x" * 98]
)
def test_a_format_that_could_give_one_number_twice_or_none_is_refused(number_format: str) -> None:
    with pytest.raises(ValidationError):
        signing(number_format)


signatures = st.lists(
    st.tuples(st.sampled_from([UNIT, OTHER]), st.sampled_from(["QĐ", "GP"]), st.sampled_from([2025, 2026]), st.booleans()),
    max_size=60,
)


@given(signatures)
def test_whatever_is_signed_and_whatever_fails_each_register_has_all_numbers_once(
    signatures: list[tuple[str, str, int, bool]],
) -> None:
    registers: dict[RegisterKey, NumberRegister] = {}
    given_numbers: dict[RegisterKey, list[int]] = {}
    for unit, kind, year, committed in signatures:
        key = RegisterKey(unit, kind, year)
        after = registers.get(key, NumberRegister(*key)).taken()
        assert after.id == key
        if committed:
            registers[key] = after
            given_numbers.setdefault(key, []).append(after.last)
    for key, numbers in given_numbers.items():
        assert numbers == list(range(1, len(numbers) + 1)), key
