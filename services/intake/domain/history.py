"""A dossier's history: a line for each event published about it, made from the event itself: neither is without the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from contracts.intake import DayOff, DossierFact
from contracts.notices import asks_for_message

_IN_EVERY_FACT: Final = frozenset(DossierFact.model_fields)


@dataclass(frozen=True, kw_only=True)
class HistoryLine:
    """`sequence` is the event's own number. `notice`: whether the applicant is owed a message about it.

    `data` is what this kind of event says besides what all facts say.
    """

    sequence: int
    type: str
    at: datetime
    by: str | None
    notice: bool
    data: Mapping[str, Any]

    @classmethod
    def of(cls, sequence: int, fact: DossierFact) -> Self:
        own_data = fact.model_dump(mode="json", exclude=set(_IN_EVERY_FACT), exclude_none=True)
        return cls(sequence=sequence, type=fact.TYPE, at=fact.at, by=fact.by, notice=asks_for_message(fact), data=own_data)

    def moment(self, name: str) -> datetime | None:
        """A moment in `data`; None where this line has none of that name."""
        value = self.data.get(name)
        return None if value is None else datetime.fromisoformat(value)

    @property
    def days_off(self) -> list[DayOff]:
        """For which the promised date was moved; empty where this line moved none."""
        return [DayOff.model_validate(day) for day in self.data.get("days_off", ())]

    @property
    def kind(self) -> str:
        """The past tense of its event: submitted, returned, accepted ... Each has its text, `step.<kind>`."""
        return self.type.split(".")[-2]
