"""What the public post publishes. It is another organisation: these events and `intake.post-orders` are all we share.

The post numbers its events per collection and per order from 1, like every publisher.
"""

from pydantic import Field

from contracts.intake import PaperRef
from contracts.registry import Event, event
from contracts.topics import SHIPMENTS
from contracts.values import Email, HandOver, Identifier, Moment, ProcedureCode, Telephone, Text, UnitId, Value


@event("dossier.collected.v1", SHIPMENTS)
class DossierCollectedV1(Event):
    """Postal staff checked the papers against the published list and sealed the parcel.

    `applicant` is a JWE (ECDH-ES, A256GCM) of ApplicantV1 for intake's key.
    """

    unit: UnitId = Field(description="the one-stop unit it is addressed to")
    postal_unit: UnitId
    procedure: ProcedureCode
    papers: list[PaperRef] = Field(default_factory=list, max_length=200)
    hand_over: HandOver = HandOver.POST
    applicant: str = Field(max_length=8000, pattern=r"^[A-Za-z0-9_.-]+$")
    collected_at: Moment


class ApplicantV1(Value):
    """Travels only encrypted."""

    name: Text
    identity_number: Text = Field(description="as the post wrote it down; intake reads it in its own form")
    address: Text
    telephone: Telephone | None = None
    email: Email | None = None


@event("shipment.dispatched.v1", SHIPMENTS)
class ShipmentDispatchedV1(Event):
    """The post has the parcel and is on its way; subject is the order id."""

    tracking: Identifier
    at: Moment


@event("shipment.delivered.v1", SHIPMENTS)
class ShipmentDeliveredV1(Event):
    tracking: Identifier
    delivered_at: Moment


class RecipientV1(Value):
    """What the post needs to find one person; travels only encrypted."""

    name: Text
    address: Text
    telephone: Telephone | None = None
