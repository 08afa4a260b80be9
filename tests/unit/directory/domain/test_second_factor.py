"""Six digits of a moment, as the standard prints them; each is good once, and so is each code on paper."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from services.directory.domain.second_factor import (
    CODES,
    SecondFactor,
    WrongCode,
    address_of,
    code_hash,
    digits_at,
    matching_step,
    new_codes,
    new_secret,
    secret_text,
    step_of,
    use_code,
    use_step,
)

STANDARD = b"12345678901234567890"
NOW = datetime(2026, 2, 16, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "digits"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_the_digits_are_those_that_the_standard_prints(seconds: int, digits: str) -> None:
    """The last six of the eight in RFC 6238, appendix B, SHA-1."""
    assert digits_at(STANDARD, step_of(datetime.fromtimestamp(seconds, UTC))) == digits


@pytest.mark.parametrize(("off", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_telephone_may_be_off_by_one_step(off: int, good: bool) -> None:
    typed = digits_at(STANDARD, step_of(NOW) + off)
    assert (matching_step(STANDARD, typed, NOW) == step_of(NOW) + off) is good


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "００００００"])
def test_what_are_no_digits_of_this_moment_match_nothing(typed: str) -> None:
    assert matching_step(STANDARD, typed.encode("ascii", "replace").decode(), NOW) is None


def test_digits_are_good_once_and_none_of_before_afterwards() -> None:
    factor, step = SecondFactor("sealed", 0, frozenset()), step_of(NOW)
    used = use_step(factor, step)
    assert used.last_step == step
    for again in (step, step - 1):
        with pytest.raises(WrongCode):
            use_step(used, again)
    assert use_step(used, step + 1).last_step == step + 1


def test_a_code_on_paper_is_good_once_for_its_own_account() -> None:
    codes = new_codes()
    factor = SecondFactor("sealed", 0, frozenset(code_hash("cb001", code) for code in codes))
    assert len(factor.codes) == CODES == len({*codes})
    used = use_code(factor, code_hash("cb001", codes[0].upper().replace("-", " ")))
    assert len(used.codes) == CODES - 1
    with pytest.raises(WrongCode):
        use_code(used, code_hash("cb001", codes[0]))
    with pytest.raises(WrongCode):
        use_code(used, code_hash("cb002", codes[1]))


def test_an_app_is_told_everything_that_it_needs() -> None:
    address = urlsplit(address_of(STANDARD, "lan", "Một Cửa"))
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert address.path == "/M%E1%BB%99t%20C%E1%BB%ADa%3Alan"
    assert {name: values[0] for name, values in parse_qs(address.query).items()} == {
        "secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
        "issuer": "Một Cửa",
        "algorithm": "SHA1",
        "digits": "6",
        "period": "30",
    }


def test_secrets_are_long_and_never_the_same() -> None:
    assert len({new_secret() for _ in range(10)}) == 10
    assert len(secret_text(new_secret())) == 32
    assert matching_step(STANDARD, digits_at(STANDARD, step_of(NOW - timedelta(minutes=5))), NOW) is None
