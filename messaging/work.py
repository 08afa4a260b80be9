"""What a transaction takes up, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from messaging.inbox import AggregateKey
from messaging.records import Record


@dataclass(frozen=True, slots=True)
class Work:
    """Records from Kafka, and aggregates of the parking lot that are ready. `only` narrows an aggregate to one of its parked
    events, by its id in the parking lot. `committed`: by topic and partition, the next offset that the last transaction stored.
    """

    records: Sequence[Record] = ()
    aggregates: Sequence[AggregateKey] = ()
    only: int | None = None
    committed: Mapping[tuple[str, int], int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.records) + len(self.aggregates)

    def halves(self) -> tuple["Work", "Work"]:
        """In order: an aggregate's records keep their order across the two."""
        if len(self.records) > 1:
            middle = len(self.records) // 2
            return replace(self, records=self.records[:middle]), Work(self.records[middle:])
        if self.records:
            return Work(self.records), Work((), self.aggregates)
        middle = len(self.aggregates) // 2
        return Work((), self.aggregates[:middle]), Work((), self.aggregates[middle:])


@dataclass(kw_only=True)
class BatchResult:
    """How many events were applied, dropped as seen before, parked by state; how many records of state topics were kept; how many
    of the dead had just been read and had a key; and the time of the oldest event that was applied.
    """

    applied: int = 0
    dropped: int = 0
    parked: dict[str, int] = field(default_factory=dict)
    states: int = 0
    died: int = 0
    oldest: datetime | None = None

    def add(self, other: "BatchResult") -> None:
        self.applied += other.applied
        self.dropped += other.dropped
        self.states += other.states
        self.died += other.died
        for state, count in other.parked.items():
            self.parked[state] = self.parked.get(state, 0) + count
        self.oldest = min((time for time in (self.oldest, other.oldest) if time is not None), default=None)
