"""Searching as people type: without marks, in any case and order, with the beginning of a word, by the name that everybody uses.

A text is found when every word that was typed begins one of its words. Both sides are folded to the same words first: marks off,
đ as d, lower case, letters and digits only. What people call by another name (`sổ đỏ`) is looked for under both names.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

_SYNONYMS: Final = {
    # The certificate of the right to use land: the right itself is what procedures are called by.
    "sổ đỏ": "quyền sử dụng đất",
    "sổ hồng": "quyền sử dụng đất",
    "sang tên": "chuyển quyền sử dụng đất",
    "bằng lái": "giấy phép lái xe",
    "gplx": "giấy phép lái xe",
    "bhyt": "bảo hiểm y tế",
    "bhxh": "bảo hiểm xã hội",
    "giấy khai sinh": "đăng ký khai sinh",
    "giấy kết hôn": "đăng ký kết hôn",
    "giấy phép kinh doanh": "đăng ký kinh doanh",
    "công chứng": "chứng thực",
    "cmnd": "căn cước",
    "cccd": "căn cước",
    "hộ khẩu": "cư trú",
}
_WORD: Final = re.compile(r"[^\W_]+")


def folded(text: str) -> str:
    """`Đất  đai,  hộ-tịch` is `dat dai ho tich`: the words, a blank between them."""
    letters = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "d"))
    return " ".join(_WORD.findall("".join(letter for letter in letters if _is_kept(letter)).casefold()))


def _is_kept(letter: str) -> bool:
    """No mark, and nothing that is not seen: a blank of no width divides no word."""
    return unicodedata.category(letter) not in {"Mn", "Cf"}


_OTHER_NAMES: Final = tuple((folded(name), folded(meant)) for name, meant in _SYNONYMS.items())


def is_match(typed: str, *texts: str) -> bool:
    """Whether every word of one of the ways to say what was typed begins a word of the texts. Nothing typed finds everything."""
    words = [word for text in texts for word in folded(text).split()]
    return not typed.strip() or any(_all_begin(wanted, words) for wanted in search_phrases(typed))


def search_phrases(typed: str) -> list[tuple[str, ...]]:
    """The words to look for, and again with other names for the same thing; empty if nothing typed is a word."""
    phrase = folded(typed)
    return [tuple(dict.fromkeys(words.split())) for words in dict.fromkeys((phrase, _renamed(phrase))) if words]


def _renamed(phrase: str) -> str:
    spaced = f" {phrase} "
    for name, meant in _OTHER_NAMES:
        if f" {meant} " not in spaced:
            spaced = spaced.replace(f" {name} ", f" {meant} ")
    return spaced.strip()


def _all_begin(wanted: Sequence[str], words: Sequence[str]) -> bool:
    return all(any(word.startswith(beginning) for word in words) for beginning in wanted)
