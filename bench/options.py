"""What a measurement may be told. Those that cannot use an option leave it alone."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

CLIENTS: Final = (1, 8, 32, 128)


@dataclass(frozen=True, kw_only=True)
class Options:
    """`data`: on which disk; `seconds` of each round; of `rounds` the median counts; `clients` of the closed loops; `minutes`
    of what lasts; `size`: of how many, each measurement's own number if None; `online`: which share of lives begins online.
    """

    data: Path | None = None
    seconds: float = 10.0
    rounds: int = 3
    clients: tuple[int, ...] = CLIENTS
    minutes: float = 60.0
    size: int | None = None
    online: float = 0.0
