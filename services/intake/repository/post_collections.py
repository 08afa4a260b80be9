"""The post's collections of a batch, prepared for the handler: applicants decrypted and sealed again, offers looked up."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.civil import civil_day
from contracts.envelope import Envelope
from contracts.post import ApplicantV1, DossierCollectedV1
from contracts.refusal import Refusal
from contracts.text import without_hidden
from messaging.handler_table import Waiting
from services.intake.adapters.keys import Keys, Unopenable
from services.intake.adapters.seal import seal_applicant
from services.intake.domain.applicant import Applicant
from services.intake.domain.dossier import SealedPerson, dossier_of_collection
from services.intake.domain.offers import Offer
from services.intake.repository import reference


@dataclass(frozen=True, slots=True)
class Collected:
    """A collection that a dossier can be made of."""

    dossier: str
    person: SealedPerson
    offer: Offer


@dataclass(frozen=True, slots=True)
class Known:
    """What a batch was prepared with, by the collection's id: ready, or why not."""

    collections: dict[str, Collected | Refusal] = field(default_factory=dict)

    def collected(self, collection: str) -> Collected:
        """Raises Waiting for reference data that has not come yet, and the Refusal of what cannot be prepared."""
        prepared = self.collections[collection]
        if isinstance(prepared, reference.NotCopied):
            raise Waiting(prepared.topic, prepared.entity, 1)
        if isinstance(prepared, Refusal):
            raise prepared
        return prepared


async def prepare(keys: Keys, connection: AsyncConnection, envelopes: Sequence[Envelope]) -> Known:
    """With as many queries for many collections as for one; none without a collection."""
    collections = [(env.attributes.subject, env.data) for env in envelopes if isinstance(env.data, DossierCollectedV1)]
    if not collections:
        return Known()
    wanted = [reference.Wanted(event.unit, event.procedure, civil_day(event.collected_at)) for _, event in collections]
    offers = await reference.offers(connection, wanted)
    return Known(
        {
            subject: _prepared(keys, dossier_of_collection(subject), event, offer)
            for (subject, event), offer in zip(collections, offers, strict=True)
        }
    )


def _applicant(sent: ApplicantV1) -> Applicant:
    """Nobody is there to correct it: hidden characters are left out, and a number of no shape is kept as it came, as of another
    kind. Raises ValidationError where nothing is left.
    """
    lines = {"name": without_hidden(sent.name), "address": without_hidden(sent.address)}
    return Applicant.model_validate(sent.model_dump() | lines)


def _prepared(keys: Keys, dossier: str, event: DossierCollectedV1, offer: Offer | Refusal) -> Collected | Refusal:
    if isinstance(offer, Refusal):
        return offer
    try:
        sent = ApplicantV1.model_validate_json(keys.from_post(event.applicant))
        return Collected(dossier, seal_applicant(keys, dossier, _applicant(sent)), offer)
    except (Unopenable, ValidationError) as error:
        # The error's own text may quote the person: only its kind is given.
        return Refusal(
            "applicant-unreadable",
            vi=f"Không đọc được thông tin người nộp do bưu điện gửi ({type(error).__name__}).",
            en=f"The applicant that the post sent cannot be read ({type(error).__name__}).",
        )
