"""What the QR on a citizen's card says, as a scanner types it: number, old number, name, day of birth, sex, address, day of
issue, each behind a bar. Newer cards say more behind that, which nobody needs here.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from contracts.identity import IdentityKind, kind_of, normal_number
from contracts.text import without_hidden

_FIELDS: Final = 6
"""As far as the address: the least that a card of any year says."""
_DAY: Final = re.compile(r"[0-9]{8}")
_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class IdentityCard:
    """`address` is empty where the card says none."""

    number: str
    name: str
    address: str


def scanned_card(typed: str) -> IdentityCard | None:
    """None for what is no card's QR. A scanner types behind what stands in the field already: the last digits are the card's."""
    number, *fields = (without_hidden(part) for part in typed.split("|"))
    if len(fields) < _FIELDS - 1 or not _is_day(fields[2]) or not fields[1]:
        return None
    digits = normal_number(number)[-_DIGITS:]
    return IdentityCard(digits, fields[1], fields[4]) if kind_of(digits) is IdentityKind.CITIZEN_CARD else None


def _is_day(text: str) -> bool:
    if _DAY.fullmatch(text) is None:
        return False
    try:
        datetime.strptime(text, "%d%m%Y")  # noqa: DTZ007
    except ValueError:
        return False
    return True
