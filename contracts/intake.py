"""What intake publishes: dossiers from submission to hand-over, contacts, guidance turns, orders to the post.

Every dossier fact carries what its readers need, so that none of them waits for another topic. Only `ContactV1` is personal.
"""

from datetime import date
from typing import Literal

from pydantic import Field

from contracts.directory import LimitV1, SigningV1
from contracts.registry import Event, event
from contracts.topics import CONTACTS, DOSSIERS, FRONT_DESK, POST_ORDERS
from contracts.values import (
    Channel,
    Count,
    Dong,
    DossierCode,
    Email,
    GuidanceKind,
    HandOver,
    Identifier,
    Language,
    LongText,
    Moment,
    Outcome,
    PortalStatus,
    ProcedureCode,
    Telephone,
    Text,
    UnitId,
    Value,
    WithdrawalReason,
)


class UnitRef(Value):
    id: UnitId
    name: Text


class ProcedureRef(Value):
    """The procedure as it was in force for this dossier."""

    code: ProcedureCode
    version: Count
    title: Text
    field: Identifier
    field_title: Text


class PaperRef(Value):
    """A paper handed in. Files stay in intake's storage; here are reference, size in bytes and SHA-256."""

    code: Identifier
    title: Text
    file: Identifier | None = None
    size: Count | None = None
    sha256: Identifier | None = None


class MissingPaper(Value):
    """One line of form 02: what is missing or wrong, and why."""

    code: Identifier
    title: Text
    reason: LongText


class Provisional(Value):
    """Why a promised date may still move: it lies past the last day that its calendar knows; null: it lists no day off at all."""

    calendar: Identifier
    known_until: date | None = None


class DossierFact(Event):
    """What every fact about a dossier carries. `contact_version` None says that there is no contact; nobody infers it."""

    status: PortalStatus
    submission_number: Identifier
    code: DossierCode | None = None
    unit: UnitRef
    procedure: ProcedureRef
    channel: Channel
    hand_over: HandOver = HandOver.COUNTER
    contact_version: Count | None = None
    promised_at: Moment | None = None
    provisional: Provisional | None = Field(default=None, description="set while the promised date may still move")
    at: Moment = Field(description="when it happened at the counter, not when it was typed or sent")
    by: Identifier | None = Field(default=None, description="staff id; None for the citizen or a system")


@event("dossier.submitted.v1", DOSSIERS)
class DossierSubmittedV1(DossierFact):
    papers: list[PaperRef] = Field(default_factory=list, max_length=200)
    collection: Identifier | None = Field(default=None, description="the post's collection that brought it")
    stated_at: Moment | None = Field(default=None, description="what the sender stated, if that cannot be: `at` is its arrival")


@event("dossier.returned.v1", DOSSIERS)
class DossierReturnedV1(DossierFact):
    """Form 02: handed back before acceptance, everything missing named once; no code, no clock."""

    missing: list[MissingPaper] = Field(min_length=1, max_length=200)


@event("dossier.accepted.v1", DOSSIERS)
class DossierAcceptedV1(DossierFact):
    code: DossierCode
    promised_at: Moment
    competent_unit: UnitRef
    accepted_at: Moment
    fee: Dong = 0
    papers: list[PaperRef] = Field(default_factory=list, max_length=200)
    limit: LimitV1 | None = Field(default=None, description="what `promised_at` was counted by, with `calendar`")
    calendar: Identifier | None = None
    signing: SigningV1 | None = Field(
        default=None, description="by the rule in force when accepted; left out: the officer decides"
    )


class DayOff(Value):
    """A day that counted when the date was promised and does not any more, with the calendar's words for it."""

    day: date
    vi: Text
    en: Text


@event("dossier.rescheduled.v1", DOSSIERS)
class DossierRescheduledV1(DossierFact):
    """The promise was counted again by a newer version of its calendar. A provisional one may be the same date, now firm; a firm
    one only goes to a later day, `days_off` being why.
    """

    code: DossierCode
    promised_at: Moment
    previous_at: Moment
    days_off: list[DayOff] = Field(default_factory=list, max_length=400)


@event("dossier.refused.v1", DOSSIERS)
class DossierRefusedV1(DossierFact):
    """Form 03."""

    reason: LongText


@event("dossier.taken-up.v1", DOSSIERS)
class DossierTakenUpV1(DossierFact):
    """The competent unit has opened a case: the portal's status 4."""

    code: DossierCode


@event("dossier.withdrawal-requested.v1", DOSSIERS)
class DossierWithdrawalRequestedV1(DossierFact):
    """To routing, which alone decides between acceptance and decision. `duplicate_of`: code or number of the one that stays."""

    reason: WithdrawalReason
    duplicate_of: Identifier | None = None
    by_name: Text | None = None


@event("dossier.withdrawn.v1", DOSSIERS)
class DossierWithdrawnV1(DossierFact):
    """The portal's status 7: nothing more is decided, and the papers are given back. `by`: whoever asked for it."""

    reason: WithdrawalReason
    duplicate_of: Identifier | None = None


@event("dossier.withdrawal-refused.v1", DOSSIERS)
class DossierWithdrawalRefusedV1(DossierFact):
    """It had been decided or stopped before the request came, and that stands. `by`: whoever did it."""

    decided_at: Moment


@event("dossier.decided.v1", DOSSIERS)
class DossierDecidedV1(DossierFact):
    code: DossierCode
    outcome: Outcome
    decided_at: Moment
    result_number: Text | None = None


@event("dossier.result-reminded.v1", DOSSIERS)
class DossierResultRemindedV1(DossierFact):
    """Its result has waited at the counter since `decided_at`, and a clerk has its applicant reminded; at most once a day."""

    code: DossierCode
    decided_at: Moment


@event("dossier.handed-over.v1", DOSSIERS)
class DossierHandedOverV1(DossierFact):
    code: DossierCode
    handed_over_by: HandOver
    handed_over_at: Moment
    stated_at: Moment | None = Field(default=None, description="what the post stated, where that cannot be")


@event("dossier.transferred.v1", DOSSIERS)
class DossierTransferredV1(DossierFact):
    """Its unit has ended; from here on `unit`, the successor, holds it. Nothing else about the dossier changes."""

    transferred_from: UnitRef


@event("dossier.address-confirmed.v1", DOSSIERS)
class DossierAddressConfirmedV1(DossierFact):
    """Its applicant's e-mail address may be written to from here on; `contact_version` is that of the contact which says so."""


@event("contact.changed.v1", CONTACTS)
class ContactV1(Event):
    """How the applicant of one dossier is reached: the one event with personal data; a tombstone forgets it."""

    name: Text
    email: Email | None = None
    telephone: Telephone | None = None
    language: Language = "vi"
    confirmed: bool = Field(default=True, description="false: to `email` goes the one mail that asks for it, and nothing else")
    confirmation: Identifier | None = Field(default=None, description="with which that mail is answered; left out, none is sent")


@event("guidance.given.v1", FRONT_DESK)
class GuidanceGivenV1(Event):
    """One guidance turn. A return with form 02 counts as one, in person."""

    unit: UnitRef
    kind: GuidanceKind
    procedure: ProcedureRef | None = None
    dossier: Identifier | None = None
    at: Moment
    by: Identifier


@event("post-order.placed.v1", POST_ORDERS)
class PostOrderPlacedV1(Event):
    """Deliver a result to the applicant. `recipient` is a JWE (ECDH-ES, A256GCM) of RecipientV1 for the post's key."""

    kind: Literal["deliver"] = "deliver"
    code: DossierCode
    unit: UnitRef
    recipient: str = Field(max_length=8000, pattern=r"^[A-Za-z0-9_.-]+$")
    placed_at: Moment
