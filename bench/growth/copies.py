"""Which dossiers a grown installation has: copies of real ones, each with an id, a code, a number and a day of its own.

What was copied had been taken in, decided and published by the services themselves. Finished dossiers are spread over three
years, unfinished ones over the last weeks, as in a province that has worked that long; each is decided some days after it came.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from contracts.values import mint_code
from services.intake.domain.codes import submission_number

YEARS_DAYS: Final = 3 * 365
OPEN_DAYS: Final = 20
LONGEST_DAYS: Final = 15
OPEN_SHARE: Final = 0.03
"""Of a million dossiers that many wait at any time: a month's work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A dossier that the services made, accepted on a day. `unit` and `width` (digits) are those of its code."""

    id: str
    day: date
    unit: str
    width: int
    finished: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """`days` before the original; decided `took` days later than it was."""

    original: str
    id: str
    days: int
    took: int
    code: str
    number: str


def copies(originals: Sequence[Original], count: int, chance: random.Random) -> Iterator[Copy]:
    """Raises ValueError without a finished and an unfinished original."""
    finished = [original for original in originals if original.finished]
    unfinished = [original for original in originals if not original.finished]
    if not finished or not unfinished:
        raise ValueError("copies are made of finished and of unfinished dossiers")
    numbers: Counter[tuple[str, date]] = Counter()
    for _ in range(count):
        is_open = chance.random() < OPEN_SHARE
        original = chance.choice(unfinished if is_open else finished)
        took = 0 if is_open else chance.randint(0, LONGEST_DAYS)
        days = chance.randint(1, OPEN_DAYS) if is_open else chance.randint(took + 1, YEARS_DAYS)
        ident, day = f"d-{chance.getrandbits(128):032x}", original.day - timedelta(days=days)
        code, number = _code(original, day, numbers), submission_number(ident, day)
        yield Copy(original=original.id, id=ident, days=days, took=took, code=code, number=number)


def _code(original: Original, day: date, numbers: Counter[tuple[str, date]]) -> str:
    """The next one of the unit's day."""
    numbers[original.unit, day] += 1
    return mint_code(original.unit, day, numbers[original.unit, day], original.width)
