"""Numbers that citizens quote: dossier codes without a gap, submission numbers, and the secrets that open the tracking page.

How they are read again when somebody gives them is `contracts.references`.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, NamedTuple

from contracts.references import ALPHABET, SECRET_LENGTH
from contracts.values import mint_code

_GROUP: Final = 4


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
    """`S260218-4F7QX-0ZK2M`: by the end of the dossier's id, which is chance, so that one that comes twice has the same."""
    number = int(dossier.removeprefix("d-")[-13:], 16) >> 2
    letters = "".join(ALPHABET[number >> shift & 31] for shift in range(45, -1, -5))
    return f"S{day:%y%m%d}-{letters[:5]}-{letters[5:]}"


def new_secret() -> str:
    """40 random bits as `7K3Q-9XAB`: enough where guesses are counted, short enough to type."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(SECRET_LENGTH))
    return f"{letters[:_GROUP]}-{letters[_GROUP:]}"
