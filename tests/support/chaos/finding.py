"""What the checker says: which kind of fault, about what, and the sentence that shows it."""

from enum import StrEnum
from typing import NamedTuple


class Fault(StrEnum):
    LOST = "lost"
    UNASKED = "unasked"
    DOUBLED = "doubled"
    ORDER = "order"
    CODES = "codes"
    DISAGREEMENT = "disagreement"
    STUCK = "stuck"


class Finding(NamedTuple):
    fault: Fault
    about: str
    sentence: str
