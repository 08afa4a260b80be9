"""Codes, submission numbers and secrets: their laws."""

import re
from datetime import date
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from contracts.values import check_code
from services.intake.domain.codes import DayCounter, mint, new_secret, submission_number

UNIT = "000.00.21.H99"


@given(
    last=st.integers(0, 10**7),
    count=st.integers(1, 30),
    width=st.integers(4, 9),
    day=st.dates(date(2000, 1, 1), date(2099, 12, 31)),
)
def test_codes_of_a_day_are_consecutive_and_readable(last: int, count: int, width: int, day: date) -> None:
    counter = DayCounter(UNIT, day, last)
    codes = []
    for _ in range(count):
        counter, code = mint(counter, width)
        codes.append(check_code(code))
    assert [int(code.rpartition("-")[2]) for code in codes] == list(range(last + 1, last + count + 1))
    assert counter.last == last + count
    assert all(len(code.rpartition("-")[2]) >= width for code in codes)


@given(first=st.uuids(), other=st.uuids(), day=st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_submission_number_goes_with_its_dossier(first: UUID, other: UUID, day: date) -> None:
    number = submission_number(f"d-{first.hex}", day)
    assert re.fullmatch(r"S\d{6}-[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}", number)
    assert number == submission_number(f"d-{first.hex}", day)
    if first.hex[:12] != other.hex[:12]:
        assert number != submission_number(f"d-{other.hex}", day)


def test_secrets_are_eight_letters_that_nobody_confuses() -> None:
    secrets = {new_secret() for _ in range(500)}
    assert len(secrets) == 500
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", secret) for secret in secrets)
