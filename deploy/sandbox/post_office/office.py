"""What the post does, whoever asks for it: it accepts orders, delivers parcels, and collects dossiers at its counter."""

import asyncio
import hashlib
from dataclasses import dataclass, field
from datetime import timedelta

from contracts.envelope import Attributes
from contracts.intake import PaperRef, PostOrderPlacedV1
from contracts.post import DossierCollectedV1
from deploy.sandbox.post_office.clock import Clock
from deploy.sandbox.post_office.crypto import Cipher
from deploy.sandbox.post_office.schemas import Collection
from deploy.sandbox.post_office.store import Store


@dataclass(kw_only=True)
class Office:
    """`delivery_time`: how long a parcel is on its way. `to_publish` is set when there may be events to publish, `to_carry` when
    there may be a parcel to carry.
    """

    store: Store
    cipher: Cipher
    clock: Clock
    delivery_time: timedelta
    to_publish: asyncio.Event = field(default_factory=asyncio.Event)
    to_carry: asyncio.Event = field(default_factory=asyncio.Event)

    def accept(self, attributes: Attributes, order: PostOrderPlacedV1) -> None:
        """The parcel is on its way; an order that was accepted before changes nothing.

        Raises:
            DecryptionError: nobody here can read where it should go.
        """
        self.cipher.decrypt(order.recipient)
        now = self.clock()
        self.store.add_parcel(attributes, order.code, order.unit.id, order.recipient, now, now + self.delivery_time)
        self.to_publish.set()
        self.to_carry.set()

    def deliver(self) -> None:
        """Everything that is due by now."""
        if self.store.deliver(self.clock()):
            self.to_publish.set()

    def until_next_delivery(self) -> timedelta | None:
        """Negative if it is late; None if no parcel is on its way."""
        due = self.store.next_due()
        return None if due is None else due - self.clock()

    def collect(self, key: str, collection: Collection) -> str:
        """The collection's id; the same key is the same collection. Raises KeyReused."""
        now = self.clock()
        event = DossierCollectedV1(
            unit=collection.unit,
            postal_unit=collection.postal_unit,
            procedure=collection.procedure,
            papers=[PaperRef(code=paper.code, title=paper.title) for paper in collection.papers],
            hand_over=collection.hand_over,
            applicant=self.cipher.encrypt(collection.applicant),
            collected_at=now,
        )
        fingerprint = hashlib.sha256(collection.model_dump_json().encode()).hexdigest()
        collection_id = self.store.add_collection(key, fingerprint, event, now)
        self.to_publish.set()
        return collection_id
