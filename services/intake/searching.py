"""What a clerk types to find a dossier: code or only its end, submission number, identity or telephone number."""

import re
from datetime import date
from typing import Final

from contracts.values import mint_code, normal_telephone
from services.intake import people
from services.intake.domain.codes import read_quoted
from services.intake.keys import Keys
from services.intake.repository.lists import Search

_CODE: Final = re.compile(r"[A-Z0-9.]{5,24}-\d{6}-\d{4,12}")
_DAY_AND_NUMBER: Final = re.compile(r"\d{6}-\d{4,12}")
_NUMBER_TODAY: Final = re.compile(r"\d{1,5}")
_SUBMISSION: Final = re.compile(r"S\d{6}-[0-9A-Z]{5}-[0-9A-Z]{5}")


def read_search(keys: Keys, typed: str, unit: str, today: date, code_width: int) -> Search | None:
    """None for nothing typed. `17` means the seventeenth of today."""
    text = read_quoted(typed)
    if not text:
        return None
    if _CODE.fullmatch(text):
        return Search(code=text)
    if _DAY_AND_NUMBER.fullmatch(text):
        return Search(code=f"{unit}-{text}")
    if _NUMBER_TODAY.fullmatch(text):
        return Search(code=mint_code(unit, today, int(text), code_width))
    if _SUBMISSION.fullmatch(text):
        return Search(number=text)
    return Search(identity=people.identity_index(keys, text), telephone=_telephone(keys, text))


def _telephone(keys: Keys, text: str) -> bytes | None:
    try:
        return people.telephone_index(keys, normal_telephone(text))
    except ValueError:
        return None
