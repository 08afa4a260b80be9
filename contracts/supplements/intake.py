"""What intake says of a dossier that waits for its applicant: owed, handed in, and when it is promised for from then on."""

from pydantic import Field

from contracts.intake import DossierFact, PaperRef
from contracts.registry import event
from contracts.supplements import OwedKind, OwedRequest
from contracts.topics import DOSSIERS
from contracts.values import Channel, Count, Dong, DossierCode, Moment, Text


@event("dossier.paused.v1", DOSSIERS)
class DossierPausedV1(DossierFact, OwedRequest):
    """The portal's status 5 or 6: the clock has stood still since `paused_at`, until what is owed has come."""

    code: DossierCode
    paused_at: Moment


@event("dossier.handed-in.v1", DOSSIERS)
class DossierHandedInV1(DossierFact):
    """To routing, which alone decides here: what was owed has come, at `at`. Its answer moves the dossier on."""

    code: DossierCode
    owed: OwedKind
    request_number: Count
    papers: list[PaperRef] = Field(default_factory=list, max_length=200, description="empty where money was owed")
    amount: Dong | None = Field(default=None, description="what was paid")
    through: Channel = Channel.COUNTER
    by_name: Text | None = None


@event("dossier.resumed.v1", DOSSIERS)
class DossierResumedV1(DossierFact):
    """The portal's status 4 again: the clock runs from `resumed_at`. `previous_at`: the promised date before."""

    code: DossierCode
    promised_at: Moment
    owed: OwedKind
    request_number: Count
    paused_at: Moment
    resumed_at: Moment
    previous_at: Moment


@event("dossier.owed-reminded.v1", DOSSIERS)
class DossierOwedRemindedV1(DossierFact, OwedRequest):
    """Nothing has come since `paused_at`, and its applicant is told once more what is owed."""

    code: DossierCode
    paused_at: Moment
