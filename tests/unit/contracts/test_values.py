"""Unit ids, dossier codes and telephone numbers: which shapes live, what a number becomes, and what the refusal shows."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts.civil import civil_day, civil_moment
from contracts.values import (
    CIVIL_TIME,
    DossierCode,
    Lane,
    Telephone,
    Tier,
    UnitId,
    check_code,
    check_unit_id,
    code_parts,
    mint_code,
    normal_telephone,
)

UNITS = ["000.00.16.H26", "H15.50.05.13", "H26.01", "01.H26", "G01.899.999.999.999"]


@pytest.mark.parametrize("unit", UNITS)
def test_both_shapes_of_a_unit_id_are_kept_as_they_are(unit: str) -> None:
    assert check_unit_id(unit) == unit
    assert TypeAdapter(UnitId).validate_python(unit) == unit


@pytest.mark.parametrize(
    "unit",
    ["", "H26", "000.00.16", "000.H26.16", "h26.01", "H26.0", "H26.0001", "H26.01.", "H26.01\n", "26H.01", "H26.1.1.1.1.1"],
)
def test_what_is_no_unit_id_is_refused_with_an_example(unit: str) -> None:
    with pytest.raises(ValueError, match="/") as refused:
        check_unit_id(unit)
    assert str(refused.value) == (
        "mã đơn vị phải như 000.00.16.H26 hoặc H15.50.05.13 / a unit id reads like 000.00.16.H26 or H15.50.05.13"
    )


def test_a_code_is_unit_day_and_number() -> None:
    assert mint_code("000.00.16.H26", date(2026, 2, 18), 1) == "000.00.16.H26-260218-0001"
    assert mint_code("G01.899", date(2026, 12, 31), 42, width=7) == "G01.899-261231-0000042"
    assert mint_code("G01.899", date(2026, 12, 31), 123_456) == "G01.899-261231-123456"


@given(
    unit=st.sampled_from(UNITS),
    day=st.dates(date(2000, 1, 1), date(2068, 12, 31)),
    number=st.integers(1, 10**9),
    width=st.integers(4, 9),
)
def test_every_code_that_is_minted_is_a_code(unit: str, day: date, number: int, width: int) -> None:
    code = mint_code(unit, day, number, width)
    assert check_code(code) == code
    assert code_parts(code) == (unit, day, number)
    assert TypeAdapter(DossierCode).validate_python(code) == code


@pytest.mark.parametrize(
    "code",
    ["", "000.00.16.H26", "000.00.16.H26-260218", "000.00.16.H26-260218-001", "000.00.16.H26-26218-0001", "x-260218-0001\n"],
)
def test_what_is_no_code_is_refused_with_an_example(code: str) -> None:
    with pytest.raises(ValueError, match="/") as refused:
        check_code(code)
    assert str(refused.value) == (
        "mã hồ sơ phải như 000.00.16.H26-260218-0001 / a dossier code reads like 000.00.16.H26-260218-0001"
    )


@pytest.mark.parametrize("code", ["000.00.16-260218-0001", "000.00.16.H26-260230-0001", "000.00.16.H26-261301-0001"])
def test_unit_and_day_of_a_code_must_exist(code: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(DossierCode).validate_python(code)


@pytest.mark.parametrize(
    "written",
    ["0912345678", "0912 345 678", "84912345678", "+84912345678", "+84 912.345.678", "(091) 234-5678", " 0912\t345678 "],
)
def test_one_telephone_number_has_one_form(written: str) -> None:
    assert normal_telephone(written) == "+84912345678"
    assert normal_telephone(normal_telephone(written)) == "+84912345678"
    assert TypeAdapter(Telephone).validate_python(written) == "+84912345678"


@pytest.mark.parametrize(
    ("written", "normal"),
    [("012345678", "+8412345678"), ("01234567890", "+841234567890"), ("0840000000", "+84840000000")],
)
def test_only_the_first_zero_or_the_country_is_replaced(written: str, normal: str) -> None:
    assert normal_telephone(written) == normal


@pytest.mark.parametrize(
    "written", ["", "0", "912345678", "01234567", "012345678901", "+85912345678", "09123x5678", "0912,345678"]
)
def test_what_is_no_telephone_number_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(ValueError, match=r"^số điện thoại phải như 0912345678 / a telephone number reads like 0912345678$"):
        normal_telephone(written)


def test_every_tier_has_its_lane() -> None:
    assert {tier: tier.lane for tier in Tier} == {
        Tier.PROVINCE: Lane.PROVINCE,
        Tier.DISTRICT: Lane.DISTRICT,
        Tier.COMMUNE: Lane.DISTRICT,
        Tier.POSTAL: Lane.POST,
    }


@given(st.datetimes(timezones=st.just(UTC), min_value=datetime(1980, 1, 1), max_value=datetime(2199, 1, 1)))  # noqa: DTZ001
def test_the_day_is_that_of_vietnam(moment: datetime) -> None:
    assert civil_moment(moment) == moment
    assert civil_moment(moment).tzinfo is CIVIL_TIME
    assert civil_day(moment) == (moment.replace(tzinfo=None) - (datetime.min - datetime.min.replace(hour=7))).date()  # noqa: DTZ901
