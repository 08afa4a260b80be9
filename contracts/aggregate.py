"""What events are about: an aggregate, whose events its publisher numbers 1, 2, 3 ... under its row lock."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from contracts.registry import Event
from contracts.values import Lane


@dataclass(frozen=True)
class Aggregate:
    """`version` is the number of the last event published about it; `lane` is None where its topic has none."""

    id: str
    lane: Lane | None
    version: int

    def recorded(self, events: Sequence[Event]) -> Self:
        """The state once these events are on their way, at its new version.

        An aggregate that keeps a history adds its lines here, and here only: so no event is published without its line.
        """
        return replace(self, version=self.version + len(events))
