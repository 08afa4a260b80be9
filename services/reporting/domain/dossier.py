"""One dossier as reporting knows it: intake's columns and routing's columns, each written by its own publisher's facts only.

Which of the two comes first does not matter. A `Fact` is kept for each, with what the figures looked at as it stood then, so
that they can be counted again as of any past instant.
"""

import dataclasses
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple, Self

from contracts.values import Channel, Lane, Outcome, PortalStatus

Data = dict[str, str | int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """`at`: when it happened. `recorded_at`: when its publisher had it, never before its predecessor; a replay keeps both."""

    source: str
    subject: str
    sequence: int
    type: str
    at: datetime
    recorded_at: datetime
    lane: Lane | None
    data: Data


class Counted(NamedTuple):
    """What decides where an accepted dossier counts. `competent` is None before it was forwarded.

    `unassigned`: forwarded, not decided, in nobody's hands. `to_fetch`: its result waits to be fetched.
    """

    status: PortalStatus
    unit: str
    field: str
    channel: Channel
    competent: str | None
    accepted_on: date
    promised_on: date
    decided_on: date | None
    unassigned: bool
    to_fetch: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Everything but `id` and `returned` is None until the publisher that owns it has spoken. `known_since`: when intake had
    recorded its first fact. `pending_history`: the facts not yet in the history. `counted_as`: how it counted when it was loaded.
    `judged_on`: the promised day that had passed when another was given; `promised_on` stays that day.
    """

    id: str

    unit: str | None = None
    unit_name: str | None = None
    field: str | None = None
    field_title: str | None = None
    procedure: str | None = None
    procedure_title: str | None = None
    channel: Channel | None = None
    status: PortalStatus | None = None
    code: str | None = None
    received_at: datetime | None = None
    accepted_at: datetime | None = None
    accepted_on: date | None = None
    promised_at: datetime | None = None
    promised_on: date | None = None
    judged_on: date | None = None
    handed_over_at: datetime | None = None
    returned: int = 0
    known_since: datetime | None = None
    intake_sequence: int | None = None
    intake_recorded_at: datetime | None = None

    case_state: str | None = None
    officer: str | None = None
    competent_unit: str | None = None
    competent_name: str | None = None
    decided_at: datetime | None = None
    decided_on: date | None = None
    outcome: Outcome | None = None
    case_sequence: int | None = None
    case_recorded_at: datetime | None = None

    pending_history: tuple[Fact, ...] = dataclasses.field(default=(), compare=False)
    counted_as: Counted | None = dataclasses.field(default=None, compare=False)

    def counted(self) -> Counted | None:
        """None before acceptance."""
        if self.accepted_on is None or self.promised_on is None:
            return None
        if self.status is None or self.unit is None or self.field is None or self.channel is None:
            return None
        return Counted(
            self.status,
            self.unit,
            self.field,
            self.channel,
            self.competent_unit,
            self.accepted_on,
            self.promised_on,
            self.decided_on,
            self.decided_on is None and self.competent_unit is not None and self.officer is None,
            self.decided_on is not None and self.handed_over_at is None and self.status is PortalStatus.DECIDED,
        )

    def intake_data(self) -> Data:
        """Of intake's columns, those that the figures look at."""
        return {
            "status": self.status,
            "unit": self.unit,
            "field": self.field,
            "channel": self.channel,
            "accepted_on": _written(self.accepted_on),
            "promised_on": _written(self.promised_on),
        }

    def case_data(self) -> Data:
        """Of routing's columns, those that the figures look at."""
        return {
            "case_state": self.case_state,
            "competent_unit": self.competent_unit,
            "officer": self.officer,
            "decided_on": _written(self.decided_on),
        }

    def record(self, fact: Fact) -> Self:
        return replace(self, pending_history=(*self.pending_history, fact))


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidanceTurn:
    """Help given once. `field` is None where no procedure was named."""

    id: str
    unit: str
    unit_name: str
    kind: str
    field: str | None
    given_at: datetime
    given_on: date
    recorded_at: datetime
    pending_history: tuple[Fact, ...] = dataclasses.field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Message:
    """Of a message only the history is kept."""

    pending_history: tuple[Fact, ...] = ()

    def record(self, fact: Fact) -> Self:
        return replace(self, pending_history=(*self.pending_history, fact))


def _written(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
