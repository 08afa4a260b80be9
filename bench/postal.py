"""Dossiers that the post has collected, as it publishes them: sealed for intake, each under a collection of its own."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from bench.lifecycle.cast import Desk
from cli.demo.people import applicant
from contracts.envelope import headers_of
from contracts.intake import PaperRef
from contracts.post import ApplicantV1, DossierCollectedV1
from contracts.services import POST
from contracts.topics import SHIPMENTS
from contracts.values import HandOver
from deploy.local.site import Site
from deploy.sandbox.post_office.crypto import Cipher
from messaging.producer import Outgoing
from services.intake.domain.dossier import dossier_of_collection

POSTAL_UNIT: Final = "P99.21.01"
MOST_PEOPLE: Final = 1000
"""Sealing takes longer than all else here: more dossiers than that are of people who come again."""


def cipher_of(site: Site) -> Cipher:
    """The post's, with which it seals for intake of this installation."""
    return Cipher.from_files(site.secrets / "post.jwk", site.secrets / "intake.pub.jwk")


def collections(cipher: Cipher, desks: Sequence[Desk], count: int, chance: random.Random) -> dict[str, tuple[Desk, Outgoing]]:
    """By the dossier that each becomes: whose desk it lands on, and its record. The result is fetched at the counter."""
    sealed = [
        cipher.encrypt(ApplicantV1.model_validate(applicant(chance), extra="ignore")) for _ in range(min(count, MOST_PEOPLE))
    ]
    made = {}
    for number in range(count):
        desk, collection = chance.choice(desks), f"c-{uuid4().hex}"
        made[dossier_of_collection(collection)] = desk, _record(collection, desk, sealed[number % len(sealed)])
    return made


def _record(collection: str, desk: Desk, sealed: str) -> Outgoing:
    now = datetime.now(UTC)
    collected = DossierCollectedV1(
        unit=desk.unit,
        postal_unit=POSTAL_UNIT,
        procedure=desk.procedure,
        papers=[PaperRef(code=code, title=code) for code in desk.papers],
        hand_over=HandOver.COUNTER,
        applicant=sealed,
        collected_at=now,
    )
    headers = headers_of(str(uuid4()), POST, collected.TYPE, collection, now, 1, None, None)
    return Outgoing(SHIPMENTS.base, collection.encode(), collected.model_dump_json(exclude_none=True).encode(), headers)
