"""Which event goes to which handler. `opened` gives the table its key: what the post sends is readable with intake's alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.civil import civil_day
from contracts.envelope import Attributes, Envelope
from contracts.post import ApplicantV1, DossierCollectedV1, ShipmentDeliveredV1, ShipmentDispatchedV1
from contracts.refusal import Refusal
from contracts.routing import CaseDecidedV1, CaseOpenedV1
from contracts.topics import CALENDARS, CASES, KEYS, PROCEDURES, SHIPMENTS, STAFF, UNITS
from messaging.handler_table import Effect, Entry, Table, Waiting
from services.intake import people
from services.intake.domain.dossier import SealedPerson, dossier_of_collection
from services.intake.domain.offers import Offer
from services.intake.domain.orders import dossier_of, order_of
from services.intake.handlers import post, routing
from services.intake.keys import Keys, Unopenable
from services.intake.people import Applicant
from services.intake.repository import reference
from services.intake.repository.dossiers import Dossiers
from services.intake.repository.orders import Orders

DOSSIERS: Final = Dossiers()
ORDERS: Final = Orders()


def _collected(attributes: Attributes, _: Any) -> str:
    return dossier_of_collection(attributes.subject)


def _order(attributes: Attributes, _: Any) -> str:
    return order_of(attributes.subject)


def _dossier(attributes: Attributes, _: Any) -> str:
    return dossier_of(attributes.subject)


TABLE: Final = Table(
    "intake",
    reads=(UNITS, CALENDARS, PROCEDURES, STAFF, KEYS, CASES, SHIPMENTS),
    entries=(
        Entry(DossierCollectedV1, post.collect, DOSSIERS, Effect.PROCESS, key=_collected),
        Entry(CaseOpenedV1, routing.take_up, DOSSIERS, Effect.PROCESS),
        Entry(CaseDecidedV1, routing.record_decision, DOSSIERS, Effect.PROCESS),
        Entry(CaseDecidedV1, post.place, ORDERS, Effect.PROCESS, key=_order),
        Entry(ShipmentDispatchedV1, post.dispatch, ORDERS, Effect.PROCESS),
        Entry(ShipmentDeliveredV1, post.deliver, ORDERS, Effect.PROCESS),
        Entry(ShipmentDeliveredV1, post.hand_over_by_post, DOSSIERS, Effect.PROCESS, key=_dossier),
    ),
)


def opened(keys: Keys) -> Table:
    """The table of a running process."""
    return replace(TABLE, prepare=partial(prepare, keys))


@dataclass(frozen=True, slots=True)
class Collected:
    """A collection as far as it could be prepared."""

    dossier: str
    person: SealedPerson
    offer: Offer


@dataclass(frozen=True, slots=True)
class Known:
    """What a batch was prepared with, by the collection's id: ready, or why not."""

    found: dict[str, Collected | Refusal] = field(default_factory=dict)

    def collected(self, collection: str) -> Collected:
        """Raises Waiting for reference data that has not come yet, and the Refusal that was found."""
        found = self.found[collection]
        if isinstance(found, reference.NotCopied):
            raise Waiting(found.topic, found.entity, 1)
        if isinstance(found, Refusal):
            raise found
        return found


async def prepare(keys: Keys, connection: AsyncConnection, envelopes: Sequence[Envelope]) -> Known:
    """Decrypt and seal the applicants of the batch's collections, and look up what their units offer."""
    collections = [(one.attributes.subject, one.data) for one in envelopes if isinstance(one.data, DossierCollectedV1)]
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


def _prepared(keys: Keys, dossier: str, event: DossierCollectedV1, offer: Offer | Refusal) -> Collected | Refusal:
    if isinstance(offer, Refusal):
        return offer
    try:
        told = ApplicantV1.model_validate_json(keys.from_post(event.applicant))
        return Collected(dossier, people.seal(keys, dossier, Applicant.model_validate(told.model_dump())), offer)
    except (Unopenable, ValidationError) as error:
        # The error's own text may quote the person: only its kind is told.
        return Refusal(
            "applicant-unreadable",
            vi=f"Không đọc được thông tin người nộp do bưu điện gửi ({type(error).__name__}).",
            en=f"The applicant that the post sent cannot be read ({type(error).__name__}).",
        )
