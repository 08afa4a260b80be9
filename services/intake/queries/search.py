"""What a clerk types to find a dossier.

Its code or only the end of it, a receipt's QR, submission number, the post's collection (it stands on the parcel), identity or
telephone number, or words of a name: whole ones, in any order, with or without marks.
"""

import re
from datetime import date
from typing import Final
from urllib.parse import unquote

from contracts.identity import possible_identities
from contracts.references import read_reference
from contracts.search_words import folded
from contracts.values import mint_code, normal_telephone
from services.intake.adapters.keys import Keys
from services.intake.adapters.seal import identity_index, name_index, telephone_index
from services.intake.repository.lists import Search

_CODE: Final = re.compile(r"[A-Z0-9.]{5,24}-\d{6}-\d{4,12}")
_DAY_AND_NUMBER: Final = re.compile(r"\d{6}-\d{4,12}")
_NUMBER_TODAY: Final = re.compile(r"\d{1,5}")
_COLLECTION: Final = re.compile(r"c-[0-9a-z-]{8,64}")
# The receipt's QR, as a scanner types it.
_TRACKED: Final = re.compile(r"https?://\S*/track\?code=([^&\s#]+)", re.IGNORECASE)
_SUBMISSION: Final = re.compile(r"S\d{6}-[0-9A-Z]{5}-[0-9A-Z]{5}")


def read_search(keys: Keys, typed: str, unit: str, today: date, code_width: int) -> Search | None:
    """None for nothing typed. `17` means the seventeenth of today."""
    typed = _scanned(typed)
    text = read_reference(typed)
    if not text:
        return None
    if _SUBMISSION.fullmatch(text):
        return Search(number=text)
    if _COLLECTION.fullmatch(text.lower()):
        return Search(collection=text.lower())
    if code := _code(text, unit, today, code_width):
        return Search(code=code)
    if words := _words_of_name(typed):
        return Search(words=name_index(keys, words))
    identities = tuple(identity_index(keys, identity) for identity in possible_identities(typed))
    return Search(identities=identities, telephone=_telephone(keys, typed))


def names_person(typed: str) -> bool:
    """Whether it may be a name, an identity or a telephone number: anything that is no code, number or collection of ours."""
    text = read_reference(_scanned(typed))
    ours = any(shape.fullmatch(text) for shape in (_SUBMISSION, _CODE, _DAY_AND_NUMBER, _NUMBER_TODAY))
    return bool(text) and not ours and _COLLECTION.fullmatch(text.lower()) is None


def _scanned(typed: str) -> str:
    """The code or number in what a scanner read from a receipt's QR; anything else as it is."""
    match = _TRACKED.search(typed)
    return unquote(match[1]) if match else typed


def _code(text: str, unit: str, today: date, width: int) -> str | None:
    """The whole code of what may be only its end."""
    if _CODE.fullmatch(text):
        return text
    if _DAY_AND_NUMBER.fullmatch(text):
        return f"{unit}-{text}"
    return mint_code(unit, today, int(text), width) if _NUMBER_TODAY.fullmatch(text) else None


def _words_of_name(typed: str) -> str:
    """Empty if there is a digit, or nothing that a name has."""
    words = folded(typed)
    return "" if any(letter.isdigit() for letter in words) else words


def _telephone(keys: Keys, text: str) -> bytes | None:
    try:
        return telephone_index(keys, normal_telephone(text))
    except ValueError:
        return None
