"""The order of Vietnamese words: letters by the alphabet (a ă â b c d đ e ê ...), tones only where the letters are the same.

Sorted by code point (in the database COLLATE "C"): a database built without ICU knows no Vietnamese.
"""

import unicodedata
from typing import Final

from contracts.search_words import folded

_LETTERS: Final = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES: Final = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_RANKS: Final = {letter: chr(0x100 + rank) for rank, letter in enumerate(_LETTERS)}


def sort_key(text: str) -> str:
    letters: list[str] = []
    tones: list[str] = []
    for letter in unicodedata.normalize("NFC", text.casefold()):
        bare, tone = _without_tone(letter)
        letters.append(_RANKS.get(bare, bare))
        tones.append(str(tone))
    return f"{''.join(letters)} {''.join(tones)}"


def name_key(name: str) -> str:
    """People are found by the given name, which stands last, then by family and middle names."""
    *before, given_name = name.split() or [""]
    return f"{sort_key(given_name)} {sort_key(' '.join(before))}"


def search_key(*texts: str) -> str:
    """Folded words, a blank before each: what a word begins with is then found with one pattern."""
    return f" {folded(' '.join(texts))}"


def _without_tone(letter: str) -> tuple[str, int]:
    marks = unicodedata.normalize("NFD", letter)
    tone = next((_TONES[mark] for mark in marks if mark in _TONES), 0)
    return unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in _TONES)), tone
