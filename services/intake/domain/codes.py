"""Numbers that citizens quote: dossier codes without a gap, submission numbers, and the secrets that open the tracking page.

Letters and digits are Crockford's base 32: no I, L, O or U, so that what is read aloud or typed from paper comes out right.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, NamedTuple

from contracts.values import mint_code

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
_GROUP: Final = 4
SECRET_LENGTH: Final = 8


class CounterKey(NamedTuple):
    unit: str
    day: date


@dataclass(frozen=True)
class DayCounter:
    """How many dossiers a unit has accepted on a civil day; `last` is the number of the latest."""

    unit: str
    day: date
    last: int = 0

    @property
    def id(self) -> CounterKey:
        return CounterKey(self.unit, self.day)


def mint(counter: DayCounter, width: int) -> tuple[DayCounter, str]:
    """The next code, and the counter after it. Both are saved, or neither."""
    after = replace(counter, last=counter.last + 1)
    return after, mint_code(after.unit, after.day, after.last, width)


def submission_number(dossier: str, day: date) -> str:
    """`S260218-4F7QX-0ZK2M`: by the dossier's id, so that one that comes twice has the same."""
    number = int(dossier.removeprefix("d-")[:13], 16) >> 2
    letters = "".join(ALPHABET[number >> shift & 31] for shift in range(45, -1, -5))
    return f"S{day:%y%m%d}-{letters[:5]}-{letters[5:]}"


def new_secret() -> str:
    """40 random bits as `7K3Q-9XAB`: enough where guesses are counted, short enough to type."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(SECRET_LENGTH))
    return f"{letters[:_GROUP]}-{letters[_GROUP:]}"


def read_secret(typed: str) -> str:
    """What was typed, in the one form that is hashed: no hyphens or blanks, O and I read as 0 and 1."""
    letters = "".join(letter for letter in typed.upper() if letter.isalnum())
    return letters.translate(_READ_AS)


def read_quoted(typed: str) -> str:
    """A code or submission number as typed: capitals, no blanks."""
    return "".join(typed.split()).upper()
