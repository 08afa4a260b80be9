"""What the services, the topics and the outside world hold at the end of a run: plain values, wherever they were read."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import NamedTuple

Aggregate = tuple[str, str]
"""(publisher, aggregate id)"""


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """As intake has it. `mark` is that of the command which opened it, read from the applicant's name."""

    id: str
    mark: str
    unit: str
    code: str | None
    status: int
    version: int
    outcome: str | None = None
    result_number: str | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    """As routing has it."""

    id: str
    code: str
    version: int
    outcome: str | None = None
    result_number: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReportedDossier:
    """As reporting has it."""

    id: str
    code: str | None
    status: int | None
    outcome: str | None
    intake_sequence: int | None
    case_sequence: int | None


class Fact(NamedTuple):
    """One record of a topic of facts, in the order of its partition. `content` stands for the value: equal if it is."""

    topic: str
    partition: int
    offset: int
    source: str
    subject: str
    sequence: int
    id: str
    type: str
    content: str

    @property
    def aggregate(self) -> Aggregate:
        return self.source, self.subject


class Notice(NamedTuple):
    """A fact that owes the applicant a message, or the message about it."""

    dossier: str
    sequence: int


@dataclass(frozen=True, kw_only=True)
class Message:
    """A line of notify's ledger. One that was skipped may have arrived all the same: its sender died before it knew."""

    id: str
    notice: Notice
    state: str
    attempts: int


class Mail(NamedTuple):
    """One delivery. `message`: notify's id of it, from its Message-ID; `mark`: from its recipient's address."""

    message: str
    mark: str


class Parcel(NamedTuple):
    order: str
    code: str
    delivered: bool


@dataclass(kw_only=True)
class Evidence:
    """`versions`: the number of each aggregate as its publisher's database has it. `answers`: the id that a guidance turn was
    given, by the key of its command. `parked`: what no consumer could apply; `unready`: which process stands
    still; one sentence each.
    """

    dossiers: Mapping[str, Dossier] = field(default_factory=dict)
    cases: Mapping[str, Case] = field(default_factory=dict)
    reported: Mapping[str, ReportedDossier] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    versions: Mapping[Aggregate, int] = field(default_factory=dict)
    counters: Mapping[tuple[str, str], int] = field(default_factory=dict)
    notices: frozenset[Notice] = frozenset()
    messages: list[Message] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)
    orders: Mapping[str, str] = field(default_factory=dict)
    parcels: list[Parcel] = field(default_factory=list)
    guidance: frozenset[str] = frozenset()
    reported_guidance: frozenset[str] = frozenset()
    answers: Mapping[str, str] = field(default_factory=dict)
    parked: list[str] = field(default_factory=list)
    unready: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)

    def as_json(self) -> str:
        """To be read by a person afterwards."""
        values = asdict(self)
        for name in ("versions", "counters"):
            values[name] = {"/".join(key): number for key, number in values[name].items()}
        return json.dumps(values, default=sorted, ensure_ascii=False, indent=1)
