"""What the post reports in a batch, prepared for the handlers: applicants decrypted and sealed again, offers looked up, and when
what was delivered had been sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.civil import civil_day
from contracts.directory import CalendarV1
from contracts.envelope import Envelope
from contracts.post import ApplicantV1, DossierCollectedV1, ShipmentDeliveredV1, ShipmentDispatchedV1
from contracts.refusal import Refusal
from contracts.supplements.routing import CaseResumedV1
from contracts.text import without_hidden
from messaging import copies
from messaging.clock import Clock
from messaging.handler_table import Waiting
from messaging.turns import in_turns
from services.intake.adapters.keys import Keys, Unopenable
from services.intake.adapters.seal import seal_applicant
from services.intake.domain.applicant import Applicant
from services.intake.domain.arrival import Arrival, arrival
from services.intake.domain.dossier import SealedPerson, dossier_of_collection
from services.intake.domain.offers import Offer
from services.intake.repository import orders, reference
from services.intake.repository.offers import CALENDARS
from services.intake.repository.successions import successors_on
from worktime import Calendar


@dataclass(frozen=True, slots=True)
class Collected:
    """A collection that a dossier can be made of."""

    dossier: str
    person: SealedPerson
    offer: Offer
    arrival: Arrival


@dataclass(frozen=True, slots=True)
class Known:
    """What a batch was prepared with, by the collection's id: ready, or why not. `sent`: since when each order is on its way.
    `calendars`: by id, where a clock goes on.
    """

    collections: dict[str, Collected | Refusal] = field(default_factory=dict)
    sent: dict[str, datetime] = field(default_factory=dict)
    calendars: dict[str, Calendar] = field(default_factory=dict)

    def collected(self, collection: str) -> Collected:
        """Raises Waiting for reference data that has not come yet, and the Refusal of what cannot be prepared."""
        prepared = self.collections[collection]
        if isinstance(prepared, reference.NotCopied):
            raise Waiting(prepared.topic, prepared.entity, 1)
        if isinstance(prepared, Refusal):
            raise prepared
        return prepared

    def sent_at(self, order: str, decided_at: datetime | None) -> datetime | None:
        """The earliest that the result of a dossier decided then can have been delivered."""
        return max((moment for moment in (self.sent.get(order), decided_at) if moment is not None), default=None)


async def prepare(keys: Keys, clock: Clock, connection: AsyncConnection, envelopes: Sequence[Envelope]) -> Known:
    """With as many queries for many collections as for one; none without a collection, a delivery or a clock that goes on."""
    now = clock()
    return Known(
        await _collections(keys, now, connection, envelopes),
        await _sent(now, connection, envelopes),
        await _calendars(connection, envelopes),
    )


async def _calendars(connection: AsyncConnection, envelopes: Sequence[Envelope]) -> dict[str, Calendar]:
    """All of them: which one a dossier was promised by is in its row. They are few, and remembered."""
    if not any(isinstance(envelope.data, CaseResumedV1) for envelope in envelopes):
        return {}
    return await CALENDARS.load(connection, sorted(await copies.everything(connection, CalendarV1)))


async def _collections(
    keys: Keys, now: datetime, connection: AsyncConnection, envelopes: Sequence[Envelope]
) -> dict[str, Collected | Refusal]:
    collections = [
        (env.attributes.subject, env.data, arrival(env.data.collected_at, now))
        for env in envelopes
        if isinstance(env.data, DossierCollectedV1)
    ]
    if not collections:
        return {}
    wanted = [await _wanted(connection, event, civil_day(came.at)) for _, event, came in collections]
    offers = await reference.offers(connection, wanted)
    return {
        subject: _prepared(keys, dossier_of_collection(subject), event, came, offer)
        async for (subject, event, came), offer in in_turns(zip(collections, offers, strict=True))
    }


def _applicant(sent: ApplicantV1) -> Applicant:
    """Nobody is there to correct it: hidden characters are left out, and a number of no shape is kept as it came, as of another
    kind. Raises ValidationError where nothing is left.
    """
    lines = {"name": without_hidden(sent.name), "address": without_hidden(sent.address)}
    return Applicant.model_validate(sent.model_dump() | lines)


async def _sent(now: datetime, connection: AsyncConnection, envelopes: Sequence[Envelope]) -> dict[str, datetime]:
    """As the database has it, or as the same batch says."""
    delivered = {env.attributes.subject for env in envelopes if isinstance(env.data, ShipmentDeliveredV1)}
    if not delivered:
        return {}
    sent = await orders.sent_at(connection, sorted(delivered))
    for envelope in envelopes:
        order = envelope.attributes.subject
        if isinstance(envelope.data, ShipmentDispatchedV1) and order in delivered:
            sent[order] = arrival(envelope.data.at, now, not_before=sent.get(order)).at
    return sent


async def _wanted(connection: AsyncConnection, event: DossierCollectedV1, day: date) -> reference.Wanted:
    """A parcel for a unit that had ended when it was collected is its successor's."""
    successor = (await successors_on(connection, day)).get(event.unit)
    return reference.Wanted(event.unit if successor is None else successor.id, event.procedure, day)


def _prepared(keys: Keys, dossier: str, event: DossierCollectedV1, came: Arrival, offer: Offer | Refusal) -> Collected | Refusal:
    if isinstance(offer, Refusal):
        return offer
    try:
        sent = ApplicantV1.model_validate_json(keys.from_post(event.applicant))
        return Collected(dossier, seal_applicant(keys, dossier, _applicant(sent)), offer, came)
    except (Unopenable, ValidationError) as error:
        # The error's own text may quote the person: only its kind is given.
        return Refusal(
            "applicant-unreadable",
            vi=f"Không đọc được thông tin người nộp do bưu điện gửi ({type(error).__name__}).",
            en=f"The applicant that the post sent cannot be read ({type(error).__name__}).",
        )
