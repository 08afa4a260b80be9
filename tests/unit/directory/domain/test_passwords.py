"""Which passwords are refused: what everybody tries, whatever is hung on to it; and that no kind of character is asked for."""

import pytest

from services.directory.domain.passwords import USUAL, WeakPassword, check_password
from tests.support.reference_data import people

LAN = people()["lan"]
"""Lê Thị Ngọc Lan, user name lan, staff number cb001."""


@pytest.mark.parametrize(
    "password",
    [
        "motcua-mau-2026",
        "Matkhau@2026!",
        "mật khẩu 2026",
        "M@tKh@u123456",
        "password1234567",
        "P@ssw0rd!2026",
        "p a s s w o r d 1 2 3",
        "admin@123456789",
        "anhyeuem20102010",
        "Vietnam@1975!!",
        "Hanoi-1000-nam",
        "123456789012",
        "098765432109",
        "19900101 0912345678"[:16],
        "qwertyuiop12",
        "1qaz2wsx3edc",
        "zxcvbnm,./asdf",
        "aaaaaaaaaaaaaaaa",
        "abcabcabcabcabc",
        "xyzkxyzkxyzk",
        "abcdefghijklmno",
        "zyxwvutsrqpo!",
        "lethingoclan",
        "Lê Thị Ngọc Lan 1990",
        "ngoclan@cb001",
        "ubnd-tinh-2026",
        "!!!!!!!!!!!!",
    ],
)
def test_what_everybody_tries_is_refused(password: str) -> None:
    with pytest.raises(WeakPassword) as refused:
        check_password(password, LAN)
    assert refused.value.field == "new_password"


@pytest.mark.parametrize(
    "password",
    [
        "cầu vồng rẽ trái",
        "muối tiêu cưa đổ",
        "correct horse battery staple",
        "ghế gỗ uống nước",
        "kxwvbgrtzphn",
        "KXWVBGRTZPHN",
        "4812 9077 3365 2918 40",
        "!?#&%+=*~^:;",
        "matkhau ghế tre xanh",
        "x4k2-9wqp-7dmh-3rtz",
        "đ" * 2 + "ợt sóng bạc đầu",
    ],
)
def test_what_nobody_could_say_beforehand_is_good_of_whatever_characters(password: str) -> None:
    check_password(password, LAN)


def test_ones_own_name_is_no_secret_and_anothers_may_be() -> None:
    with pytest.raises(WeakPassword):
        check_password("lan ngoc cb001 tho", LAN)
    check_password("lan ngoc cb001 tho", people()["minh"])


def test_the_roots_are_written_as_they_are_compared() -> None:
    assert all(word.isascii() and word.islower() and word.isalpha() for word in USUAL)
    assert min(map(len, USUAL)) >= 3
