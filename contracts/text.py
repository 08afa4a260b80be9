"""Text as people write it: one form of each letter, nothing that cannot be seen, and what two people spell differently compared.

Unicode knows `ễ` in three spellings, digits in full width, twenty hyphens, and characters that draw nothing or turn the line
around. What is kept is NFC; what is typed to be found (a code, a number) is read without all that; what is typed to search goes
through `contracts.search_words`.
"""

import unicodedata
from typing import Final

# Letters and symbols, by their category, that draw nothing.
_BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# Within words of some scripts and in emoji they are needed: a text may have them, a name has no use for them.
_JOINERS: Final = frozenset("\u200c\u200d")
_LINE_BREAKS: Final = frozenset("\n\r\t")
_HIDDEN: Final = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs"})
_DRAWN: Final = frozenset("LNPS")


def normal_text(value: object) -> object:
    """NFC, as everything is kept; what is no text stays as it is."""
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def visible_line(text: str) -> str:
    """A name or a title: one line, everything in it seen. Raises ValueError with what to do."""
    return _visible(text, frozenset())


def visible_lines(text: str) -> str:
    """A text of several lines, else the same."""
    return _visible(text, _LINE_BREAKS | _JOINERS)


def without_hidden(text: str) -> str:
    """For what nobody is there to correct: NFC, a blank for each line break, hidden characters left out. May come out empty."""
    broken = "".join(" " if character.isspace() else character for character in text)
    seen = "".join(character for character in broken if unicodedata.category(character) not in _HIDDEN)
    return unicodedata.normalize("NFC", seen).strip() if is_drawn(seen) else ""


def compact(text: str) -> str:
    """A number or code as typed: capitals, no blanks, nothing hidden, full-width letters as plain ones, every hyphen as `-`."""
    letters = unicodedata.normalize("NFKC", text)
    plain = ("-" if is_hyphen(letter) else letter for letter in letters)
    kept = (letter for letter in plain if not letter.isspace() and unicodedata.category(letter) not in _HIDDEN)
    return unicodedata.normalize("NFKC", "".join(kept).upper())


def is_hyphen(character: str) -> bool:
    """Dashes of every length, and the minus sign."""
    return unicodedata.category(character) == "Pd" or character == "\u2212"


def is_drawn(text: str) -> bool:
    """Whether there is anything to see."""
    return any(unicodedata.category(letter)[0] in _DRAWN and letter not in _BLANK for letter in text)


def _visible(text: str, allowed: frozenset[str]) -> str:
    hidden = next((letter for letter in text if letter not in allowed and unicodedata.category(letter) in _HIDDEN), None)
    if hidden is not None:
        sign = f"U+{ord(hidden):04X}"
        raise ValueError(
            f"có ký tự ẩn hoặc ký tự điều khiển ({sign}). Hãy xóa và gõ lại"
            f" / there is a hidden or control character ({sign}) in it. Delete it and type it again"
        )
    if not is_drawn(text):
        raise ValueError("không có chữ nào nhìn thấy được. Hãy gõ lại / there is nothing to see in it. Type it again")
    return text
