"""What the tests of notify are about: facts, contacts, messages; and notify itself, fed by its real engine without a broker."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import uuid4

import httpx
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.process import build
from contracts.envelope import Attributes
from contracts.intake import (
    ContactV1,
    DossierAcceptedV1,
    DossierDecidedV1,
    DossierFact,
    DossierHandedOverV1,
    DossierRefusedV1,
    DossierReturnedV1,
    DossierSubmittedV1,
    DossierTakenUpV1,
    MissingPaper,
    ProcedureRef,
    UnitRef,
)
from contracts.topics import CONTACTS, DOSSIERS
from contracts.values import Channel, HandOver, Lane, Outcome, PortalStatus, mint_code
from deploy.sandbox.mail_server.smtp import MailServer
from messaging.clock import system_clock
from messaging.engine import Engine, Work
from messaging.handler_table import Context
from messaging.outbox import CHANNEL
from messaging.records import Record
from messaging.runtime import make_engine
from services.notify import handlers
from services.notify.consumers import TABLE
from services.notify.domain.contact import KnownContact
from services.notify.domain.message import Message, MessageChannel, message_id
from services.notify.main import SERVICE
from services.notify.repository.messages import BELL
from services.notify.settings import NotifySettings
from services.notify.tables import METADATA
from tests.support.eventually import eventually
from tests.support.reference_data import seed_copies

AT = datetime(2026, 2, 16, 8, tzinfo=UTC)
UNIT = UnitRef(id="000.00.21.H99", name="Bộ phận Một cửa huyện Hà An")
CODE = "000.00.21.H99-260216-0001"
DOSSIER = "d-0001"
ADDRESS = "nguyen.van.a@example.vn"
CONTACT = ContactV1(name="Nguyễn Văn A", email=ADDRESS)
REACHABLE = KnownContact(1, CONTACT)
FORGOTTEN = KnownContact(2, None)

OWN: dict[type[DossierFact], dict[str, Any]] = {
    DossierSubmittedV1: {},
    DossierReturnedV1: {"missing": [MissingPaper(code="p", title="Tờ khai", reason="bà Trần Thị B chưa ký")]},
    DossierAcceptedV1: {"competent_unit": UNIT, "accepted_at": AT},
    DossierRefusedV1: {"reason": "ông Lê Văn C không có thẩm quyền"},
    DossierTakenUpV1: {},
    DossierDecidedV1: {"outcome": Outcome.GRANTED, "decided_at": AT},
    DossierHandedOverV1: {"handed_over_by": HandOver.POST, "handed_over_at": AT},
}
"""What each fact needs besides what all have."""


def fact(kind: type[DossierFact] = DossierAcceptedV1, **given: Any) -> DossierFact:
    procedure = ProcedureRef(code="1.900011", version=1, title="Chuyển quyền sử dụng đất", field="dat-dai", field_title="Đất đai")
    common = {
        "status": PortalStatus.ACCEPTED,
        "submission_number": "N-1",
        "code": CODE,
        "unit": UNIT,
        "procedure": procedure,
        "channel": Channel.ONLINE,
        "contact_version": 1,
        "promised_at": AT,
        "at": AT,
    }
    return kind(**{**common, **OWN[kind], **given})


def context(known: KnownContact | None = REACHABLE, *, sequence: int = 1, event: DossierFact | None = None) -> Context:
    kind = (event or fact()).TYPE
    attributes = Attributes(f"fact-{sequence}", "intake", kind, DOSSIER, AT, sequence)
    return Context(attributes, AT, {} if known is None else {DOSSIER: known}, Lane.DISTRICT)


def queued(**changes: Any) -> Message:
    decision = handlers.tell(None, fact(), context())
    assert decision is not None
    return replace(decision.state, **changes)


# --- the running service --------------------------------------------------------------------------------

CLOSED_PORT = "127.0.0.1:9"
_numbers = count(1)


@dataclass(frozen=True)
class Person:
    """A dossier of its own, with an address that no other test writes to."""

    dossier: str
    address: str
    code: str

    @property
    def first(self) -> str:
        """The id of the message about its first fact."""
        return message_id(self.dossier, 1, MessageChannel.MAIL)


def somebody(unit: str = UNIT.id) -> Person:
    number = next(_numbers)
    return Person(f"d-{uuid4().hex}", f"somebody{number}@example.vn", mint_code(unit, AT.date(), number))


def accepted(person: Person, **given: Any) -> DossierFact:
    return fact(DossierAcceptedV1, code=person.code, **given)


def contact(person: Person, **given: Any) -> ContactV1:
    return ContactV1(**{"name": CONTACT.name, "email": person.address, **given})


@dataclass
class Notify:
    """A database of notify, and its consumer's engine to feed."""

    url: str
    database: AsyncEngine

    async def read(self, *records: Record) -> None:
        await Engine(self.database, TABLE, system_clock).process(Work(records))

    async def tell(self, person: Person, event: DossierFact | None = None, sequence: int = 1, lane: Lane = Lane.DISTRICT) -> None:
        """The contact in version 1, and then the fact."""
        await self.read(
            contact_record(person, contact(person), lane=lane),
            fact_record(person, event or accepted(person), sequence, lane),
        )

    async def rows(self, statement: str, **values: Any) -> Sequence[Any]:
        async with self.database.begin() as connection:
            return (await connection.execute(text(statement), values)).all()

    async def message(self, person: Person) -> Any:
        """The ledger's row about the first fact."""
        (row,) = await self.rows("SELECT * FROM message WHERE dossier = :dossier AND sequence = 1", dossier=person.dossier)
        return row

    async def attempts(self, person: Person) -> list[str]:
        found = await self.rows("SELECT outcome FROM attempt WHERE message = :id ORDER BY number", id=person.first)
        return [row.outcome for row in found]

    async def told(self, person: Person) -> list[tuple[int, str]]:
        """What is to be published about the message: (number, what)."""
        found = await self.rows("SELECT sequence, type FROM outbox WHERE aggregateid = :id ORDER BY position", id=person.first)
        return [(row.sequence, row.type.split(".")[-2]) for row in found]

    async def until(self, person: Person, state: str) -> Any:
        async def there() -> Any:
            row = await self.message(person)
            return row if row.state == state else None

        return await eventually(there, describe=f"message of {person.dossier} {state}")

    async def make_due(self) -> None:
        """Every wait, and every lease, is over now."""
        async with self.database.begin() as connection:
            await connection.execute(text("UPDATE message SET due_at = :at WHERE due_at IS NOT NULL"), {"at": AT})
            await connection.execute(text("SELECT pg_notify(:channel, :bell)"), {"channel": CHANNEL, "bell": BELL})


@asynccontextmanager
async def notify_database(url: str) -> AsyncIterator[Notify]:
    database = make_engine(url)
    async with database.begin() as connection:
        await connection.run_sync(METADATA.create_all)
    await seed_copies(database)
    yield Notify(url, database)
    await database.dispose()


def settings_for(mail: MailServer | None, **given: Any) -> NotifySettings:
    smtp = CLOSED_PORT if mail is None else f"{mail.host}:{mail.port}"
    return NotifySettings(**{"kafka": CLOSED_PORT, "smtp": smtp, "mail_seconds": 5, **given})


@asynccontextmanager
async def running(notify: Notify, settings: NotifySettings) -> AsyncIterator[FastAPI]:
    """One process of notify."""
    app = build(SERVICE, settings, notify.url)
    async with app.router.lifespan_context(app):
        yield app


def client(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://motcua.test")


def fact_record(person: Person, event: DossierFact, sequence: int = 1, lane: Lane = Lane.DISTRICT) -> Record:
    attributes = Attributes(str(uuid4()), "intake", event.TYPE, person.dossier, AT, sequence)
    return _record(DOSSIERS.name(lane), person, attributes, event.model_dump_json().encode())


def contact_record(person: Person, value: ContactV1 | None, version: int = 1, lane: Lane = Lane.DISTRICT) -> Record:
    """A version of the contact; None is the tombstone."""
    attributes = Attributes(str(uuid4()), "intake", ContactV1.TYPE, person.dossier, AT, version)
    return _record(CONTACTS.name(lane), person, attributes, None if value is None else value.model_dump_json().encode())


def _record(topic: str, person: Person, attributes: Attributes, value: bytes | None) -> Record:
    return Record(topic, 0, next(_numbers), person.dossier.encode(), value, attributes.headers())
