"""Which passwords a person may choose: any characters, twelve of them or more, as long as they are not easily guessed.

What everybody tries is taken out of a password first: usual words, the person's own names, keyboard rows, what repeats. Enough
must be left. So a list of roots stands for thousands of their variations (`Matkhau@2026!` is nothing but `matkhau` and a year).
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from contracts.directory import StaffV1
from contracts.refusal import Invalid

SHORTEST: Final = 12
LONGEST: Final = 128
ENOUGH: Final = 6
"""Characters of which nobody can say beforehand what they are."""
DIGITS_FOR_ONE: Final = 3
"""Digits are dates, telephones, identity numbers: so many of them say as much as one other character."""
_SHORTEST_NAME: Final = 3
_ROWS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "01234567890",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
)
_SHORTEST_RUN: Final = 3
_LOOKALIKES: Final = str.maketrans("@4301!$57", "aaeoiisst")
_BETWEEN: Final = frozenset("-_.,")
_TAKEN_OUT: Final = "\0"

# Roots of what people choose most, without marks and blanks: of the leaked lists of the world, and of offices here.
_ROOTS: Final = """
    password passwd passphrase passwort matkhau matma secret bimat baomat welcome hello xinchao chaomung
    letmein login dangnhap signin access admin administrator quantri quantrivien root superuser user nguoidung
    test testing default macdinh changeme doimatkhau temp iloveyou loveyou love anhyeuem emyeuanh yeuem yeuanh
    yeu tinhyeu babygirl baby beautiful princess sunshine shadow flower lovely angel monkey dragon tiger
    master killer hunter ranger soldier superman batman spiderman pokemon naruto starwars matrix football
    baseball basketball soccer hockey bongda liverpool chelsea arsenal barcelona manchester michael jessica
    jennifer jordan daniel ashley nicole andrew charlie thomas robert anthony william joshua matthew computer
    internet google facebook zalo youtube samsung iphone apple microsoft windows server whatever trustno
    summer winter spring autumn january february march april june july august september october november
    december monday friday vietnam hanoi saigon danang hochiminh haiphong cantho tphcm dongnai quangninh tinh
    huyen phuong motcua motcuadientu dichvucong hanhchinh hanhchinhcong canbo congchuc vienchuc coquan uyban
    ubnd hoso tiepnhan traketqua bophan buudien chinhquyen chuyenvien lanhdao vanphong phongban trungtam
    hethong phanmem donvi congviec lamviec nguyen tran hoang phan khongbiet khongco toiyeu giadinh conyeu
    meyeu boyeu hanhphuc maymaydan phatdat tailoc
"""
USUAL: Final = frozenset(_ROOTS.split())


class WeakPassword(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "weak-password",
            vi="Mật khẩu này dễ đoán: từ thông dụng, tên của bạn, năm hay dãy phím. Hãy dùng vài từ không liên quan đến nhau.",
            en="This password is easily guessed: usual words, names, years, rows of keys. Use words that have nothing in common.",
            field="new_password",
        )


class SamePassword(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "same-password",
            vi="Mật khẩu mới giống mật khẩu cũ. Hãy chọn mật khẩu khác.",
            en="The new password is the old one. Choose another one.",
            field="new_password",
        )


def check_password(password: str, staff: StaffV1) -> None:
    """Raises WeakPassword. Its length is the schema's to judge."""
    own = {
        _folded(word) for word in (staff.username, staff.id, staff.name, *re.split(r"[\s._-]+", f"{staff.name} {staff.username}"))
    }
    words = USUAL | {word for word in own if len(word) >= _SHORTEST_NAME}
    plain = _folded(password)
    if min(_left_over(spelling, words) for spelling in (plain, plain.translate(_LOOKALIKES))) < ENOUGH:
        raise WeakPassword


def _folded(text: str) -> str:
    """Small letters without marks, blanks and what else stands between words; every other character stays."""
    apart = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "d"))
    return "".join(
        letter for letter in apart if not unicodedata.combining(letter) and not letter.isspace() and letter not in _BETWEEN
    ).lower()


def _left_over(text: str, words: Iterable[str]) -> int:
    """How many characters nobody could say beforehand."""
    left = _without_words(_once(text), words)
    left = _without_rows(re.sub(r"(.)\1{2,}", _TAKEN_OUT, left))
    digits = sum(letter.isdigit() for letter in left)
    others = sum(not letter.isdigit() and letter != _TAKEN_OUT for letter in left)
    return others + digits // DIGITS_FOR_ONE


def _once(text: str) -> str:
    """What is repeated from beginning to end, one time."""
    period = (text + text).find(text, 1) if text else 0
    return text[:period]


def _without_words(text: str, words: Iterable[str]) -> str:
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, _TAKEN_OUT)
    return text


def _without_rows(text: str) -> str:
    """Three keys or more that follow one another, forwards or backwards."""
    kept, at = [], 0
    while at < len(text):
        end = at + _SHORTEST_RUN
        while end <= len(text) and _is_run(text[at:end]):
            end += 1
        length = end - 1 - at
        kept.append(_TAKEN_OUT if length >= _SHORTEST_RUN else text[at])
        at += length if length >= _SHORTEST_RUN else 1
    return "".join(kept)


def _is_run(text: str) -> bool:
    return any(text in row or text[::-1] in row for row in _ROWS)
