"""What directory refuses, word for word; the operator's account, to the field; the order of Vietnamese words, to the letter."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from contracts.directory import PostV1, StaffV1
from contracts.refusal import Refusal
from contracts.values import Role
from services.directory.domain.accounts import INSTALLATION, NEVER_VOID, Account, OwnAccount, UnknownPerson, operator
from services.directory.domain.alphabet import name_key, sort_key
from services.directory.domain.guess_limits import TooManyGuesses, WrongPassword

NOW = datetime(2026, 2, 24, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("refuse", "code", "status", "vi", "en"),
    [
        pytest.param(
            UnknownPerson,
            "unknown-person",
            404,
            "Không có người này.",
            "There is no such person.",
            id="unknown person",
        ),
        pytest.param(
            OwnAccount,
            "own-account",
            409,
            "Không ai tự đổi quyền của mình được. Hãy nhờ người quản trị khác.",
            "Nobody changes their own rights. Ask another administrator.",
            id="own account",
        ),
        pytest.param(
            lambda: TooManyGuesses(42),
            "too-many-guesses",
            429,
            "Sai mật khẩu nhiều lần. Hãy thử lại sau 42 giây.",
            "Too many wrong passwords. Try again in 42 seconds.",
            id="too many guesses",
        ),
        pytest.param(
            WrongPassword,
            "wrong-password",
            401,
            "Tên đăng nhập hoặc mật khẩu không đúng. Hãy nhập lại.",
            "The user name or the password is not right. Enter them again.",
            id="wrong password",
        ),
    ],
)
def test_a_refusal_says_in_both_languages_what_to_do(
    refuse: Callable[[], Refusal], code: str, status: int, vi: str, en: str
) -> None:
    refusal = refuse()
    assert (refusal.code, refusal.status, refusal.vi, refusal.en) == (code, status, vi, en)


def test_too_many_guesses_tell_a_program_how_long() -> None:
    assert TooManyGuesses(42).retry_after == 42


def test_the_operator_holds_the_installation_s_roles_and_keeps_its_sign_out() -> None:
    fresh = operator(None)
    assert fresh == StaffV1(
        id="operator",
        username="operator",
        name="Vận hành / Operator",
        active=True,
        tokens_valid_from=NEVER_VOID,
        posts=[PostV1(unit=INSTALLATION, role=Role.OPERATOR), PostV1(unit=INSTALLATION, role=Role.ADMIN)],
    )
    signed_out = Account(fresh, 3, "hash").becomes(fresh.model_copy(update={"tokens_valid_from": NOW}))
    assert (signed_out.version, signed_out.password_hash, signed_out.staff.tokens_valid_from) == (4, "hash", NOW)
    assert operator(signed_out.staff) == signed_out.staff


ALPHABET = list("aăâbcdđeêghiklmnoôơpqrstuưvxy")


def in_order(words: list[str]) -> bool:
    return all(sort_key(word) < sort_key(following) for word, following in pairwise(words))


def test_the_alphabet_is_that_of_vietnamese_schools() -> None:
    capitals = [letter.upper() for letter in ALPHABET]
    assert in_order(ALPHABET)
    assert in_order(capitals)


@pytest.mark.parametrize("vowel", "aăâeêioôơuưy")
def test_tones_follow_one_another_and_count_only_where_letters_are_the_same(vowel: str) -> None:
    tones = [vowel, *(f"{vowel}{mark}" for mark in "\u0300\u0309\u0303\u0301\u0323")]
    assert in_order(tones)
    assert sort_key(f"{tones[-1]}b") < sort_key(f"{vowel}c")


def test_a_name_is_found_by_what_stands_last() -> None:
    assert name_key("Trần Thị Ánh") == f"{sort_key('Ánh')} {sort_key('Trần Thị')}"
    assert name_key("Ánh") == f"{sort_key('Ánh')} {sort_key('')}"
    assert sorted(["Trần Văn An", "Lê Văn An", "Lê Thị An"], key=name_key) == ["Lê Thị An", "Lê Văn An", "Trần Văn An"]


def test_keys_are_stored_so_they_stay_as_they_are() -> None:
    assert sort_key("Bà") == "\u0103\u0100 01"
    assert sort_key("") == " "
    assert name_key("") == "   "
