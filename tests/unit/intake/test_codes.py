"""Codes, submission numbers and secrets: their laws."""

import re
import time
from datetime import date
from uuid import RFC_4122, UUID

from hypothesis import given
from hypothesis import strategies as st

from contracts.values import check_code
from services.intake.domain.codes import DayCounter, mint, new_secret, submission_number
from services.intake.domain.dossier import new_dossier_id

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


def test_new_dossiers_lie_behind_older_ones_and_none_is_made_twice() -> None:
    made = [new_dossier_id() for _ in range(1000)]
    moments = [int(dossier.removeprefix("d-")[:12], 16) for dossier in made]
    assert moments == sorted(moments)
    assert abs(moments[0] / 1000 - time.time()) < 3600
    assert len({submission_number(dossier, date(2026, 11, 27)) for dossier in made}) == len(set(made)) == 1000
    assert {(UUID(dossier.removeprefix("d-")).version, UUID(dossier.removeprefix("d-")).variant) for dossier in made} == {
        (7, RFC_4122)
    }


def test_a_dossiers_chance_fills_all_that_is_left_of_its_id() -> None:
    """Each of its 74 bits is set in some and not in others."""
    values = [int(new_dossier_id().removeprefix("d-"), 16) for _ in range(200)]
    chance = (0xFFF << 64) | ((1 << 62) - 1)
    some, every = 0, chance
    for value in values:
        some |= value & chance
        every &= value
    assert (some, every) == (chance, 0)
