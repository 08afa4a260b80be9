"""The dossier: what intake knows of one application, without a word about the person.

A dossier is a value; every change makes a new one. `told` and `person` are what a change adds to other tables of the same
transaction: lines of the history, and the sealed applicant of a dossier that is new.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from contracts.aggregate import Aggregate
from contracts.intake import ContactV1, MissingPaper, PaperRef, ProcedureRef, UnitRef
from contracts.values import Channel, HandOver, Lane, Outcome, PortalStatus
from services.intake.domain.stages import Act, Stage, after


@dataclass(frozen=True)
class Told:
    """One published fact as the history keeps it. `notice`: whether the applicant is owed a message about it."""

    type: str
    at: datetime
    by: str | None
    notice: bool
    data: Mapping[str, Any]


@dataclass(frozen=True)
class SealedPerson:
    """The applicant as the database may hold them: encrypted, findable by keyed hashes only. `contact` is for its own topic."""

    sealed: bytes
    identity_index: bytes
    telephone_index: bytes | None
    secret_sealed: bytes
    secret_index: bytes
    contact: ContactV1 | None


@dataclass(frozen=True)
class Dossier(Aggregate):
    """`version` numbers its last published fact. `reason` is that of a refusal; `missing` that of the last form 02."""

    lane: Lane
    stage: Stage
    submission_number: str
    unit: UnitRef
    procedure: ProcedureRef
    channel: Channel
    hand_over: HandOver
    papers: tuple[PaperRef, ...]
    submitted_at: datetime
    changed_at: datetime
    contact_version: int | None = None
    collection: str | None = None
    missing: tuple[MissingPaper, ...] = ()
    reason: str | None = None
    code: str | None = None
    competent: UnitRef | None = None
    fee: int = 0
    accepted_at: datetime | None = None
    promised_at: datetime | None = None
    explanation: Mapping[str, Any] | None = None
    decided_at: datetime | None = None
    outcome: Outcome | None = None
    result_number: str | None = None
    handed_over_at: datetime | None = None
    handed_over_by: HandOver | None = None
    told: tuple[Told, ...] = field(default=(), compare=False)
    person: SealedPerson | None = field(default=None, compare=False, repr=False)

    @property
    def status(self) -> PortalStatus:
        return self.stage.portal

    def moved(self, act: Act, now: datetime, **changes: Any) -> "Dossier":
        """The dossier after a step of the table; raises IllegalStep."""
        return replace(self, stage=after(self.stage, act), changed_at=now, **changes)

    def known_by(self) -> str:
        """What a citizen quotes: the code once there is one, the submission number before."""
        return self.code or self.submission_number


def new_dossier_id() -> str:
    return f"d-{uuid4().hex}"


def dossier_of_collection(collection: str) -> str:
    """The one dossier that a collection of the post becomes, however often it is told of."""
    return f"d-{uuid5(NAMESPACE_URL, f'motcua:collection:{collection}').hex}"
