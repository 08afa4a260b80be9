"""The dossier: what intake knows of one application, without a word about the person.

A dossier is a value; every change makes a new one. `pending_history` and `person` are what a change adds to other tables of
the same transaction: lines of the history, and the sealed applicant of a dossier that is new.
"""

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Self
from uuid import NAMESPACE_URL, uuid5

from contracts.aggregate import Aggregate
from contracts.intake import ContactV1, DossierFact, MissingPaper, PaperRef, ProcedureRef, Provisional, UnitRef
from contracts.refusal import NotFound
from contracts.registry import Event
from contracts.values import Channel, HandOver, Lane, Language, Outcome, PortalStatus, WithdrawalReason
from services.intake.domain.endings import Extension, Stop
from services.intake.domain.history import HistoryLine
from services.intake.domain.owed import Owed
from services.intake.domain.stages import Stage, Transition, after
from worktime import Explanation

INDEX_FORM: Final = 1
"""By which rules people's keyed hashes are made. Raised when the rules change: `background` then makes the old ones anew."""


@dataclass(frozen=True, kw_only=True)
class SealedPerson:
    """The applicant as the database may hold them: encrypted, findable by keyed hashes only. `contact` is for its own topic."""

    sealed: bytes
    identity_index: bytes
    telephone_index: bytes | None
    secret_sealed: bytes
    secret_index: bytes
    contact: ContactV1 | None
    name_index: tuple[bytes, ...] = ()
    index_form: int = INDEX_FORM


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """Asked for, by a clerk; `duplicate_of`: what the dossier that stays is known by."""

    reason: WithdrawalReason
    duplicate_of: str | None = None
    by: str | None = None


@dataclass(frozen=True, kw_only=True)
class Dossier(Aggregate):
    """`version` numbers its last published fact. `reason` is that of a refusal; `missing` that of the last form 02. `withdrawal`
    without `withdrawn_at` waits for routing's answer. `address_confirmed` False: nothing goes to the e-mail address.
    `reminded_at`: when its applicant was last told that the result still waits. `owed`: what its clock stands still for.
    `decline_reason`: why it was declined, for form 03.
    """

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
    reminded_at: datetime | None = None
    handed_over_at: datetime | None = None
    handed_over_by: HandOver | None = None
    address_confirmed: bool = True
    withdrawal: Withdrawal | None = None
    withdrawn_at: datetime | None = None
    owed: Owed | None = None
    stop: Stop | None = None
    decline_reason: str | None = None
    extension: Extension | None = None
    pending_history: tuple[HistoryLine, ...] = field(default=(), compare=False)
    person: SealedPerson | None = field(default=None, compare=False, repr=False)

    @property
    def status(self) -> PortalStatus:
        return self.stage.portal

    @property
    def provisional(self) -> Provisional | None:
        """Why the promised date may still move; None when it cannot, or not any more."""
        why = self.explanation
        if why is None or not why.get("provisional") or self.decided_at is not None or self.extension is not None:
            return None
        return Provisional(calendar=why["calendar"], known_until=why["known_until"])

    @property
    def withdrawal_pending(self) -> bool:
        """Whether routing has been asked and has not answered yet."""
        return self.withdrawal is not None and self.withdrawn_at is None

    def moved(self, transition: Transition, now: datetime, **changes: Any) -> Self:
        """The dossier after a step of the table; raises IllegalStep. Wherever it does not wait any more, nothing is owed."""
        stage = after(self.stage, transition)
        return replace(self, stage=stage, changed_at=now, **(changes if stage.waits else changes | {"owed": None}))

    def recorded(self, events: Sequence[Event]) -> Self:
        """At its new version, and with each event's line of the history. Raises TypeError for what is no dossier fact."""
        lines = [_line(sequence, event) for sequence, event in enumerate(events, self.version + 1)]
        return replace(super().recorded(events), pending_history=(*self.pending_history, *lines))

    def why_this_date(self, language: Language) -> list[str]:
        """The explanation of the promised date, one sentence a line; empty before acceptance. What was counted explains no date
        that was given with an apology: that one has its own reason.
        """
        return (
            []
            if self.explanation is None or self.extension is not None
            else Explanation.from_data(self.explanation).lines(language)
        )

    def known_by(self) -> str:
        """What a citizen quotes: the code once there is one, the submission number before."""
        return self.code or self.submission_number


def _line(sequence: int, event: Event) -> HistoryLine:
    if not isinstance(event, DossierFact):
        raise TypeError(f"{event.TYPE} is not about a dossier")
    return HistoryLine.of(sequence, event)


def new_dossier_id() -> str:
    """A UUID of version 7: its time first, then 74 bits of chance. So new dossiers lie together in every index of every service,
    where by chance alone each would touch pages of its own.
    """
    milliseconds, chance = time.time_ns() // 1_000_000, secrets.randbits(74)
    return f"d-{milliseconds << 80 | 0x7 << 76 | chance >> 62 << 64 | 0b10 << 62 | chance & (1 << 62) - 1:032x}"


def dossier_of_collection(collection: str) -> str:
    """The one dossier that a collection of the post becomes, however often its event comes."""
    return f"d-{uuid5(NAMESPACE_URL, f'motcua:collection:{collection}').hex}"


class NoSuchDossier(NotFound):
    def __init__(self) -> None:
        super().__init__("no-such-dossier", vi="Không có hồ sơ này.", en="There is no such dossier.")
