"""What the tests of notify are about: facts, contacts, messages; and notify itself, fed by its real engine without a broker."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.process import build
from contracts.endings.ground import ExtensionGround, StopGround
from contracts.endings.intake import DossierExtendedV1, DossierStoppedV1
from contracts.envelope import Attributes
from contracts.intake import (
    ContactV1,
    DossierAcceptedV1,
    DossierAddressConfirmedV1,
    DossierDecidedV1,
    DossierFact,
    DossierHandedOverV1,
    DossierRefusedV1,
    DossierRescheduledV1,
    DossierResultRemindedV1,
    DossierReturnedV1,
    DossierSubmittedV1,
    DossierTakenUpV1,
    DossierTransferredV1,
    DossierWithdrawalRefusedV1,
    DossierWithdrawalRequestedV1,
    DossierWithdrawnV1,
    MissingPaper,
    ProcedureRef,
    UnitRef,
)
from contracts.supplements import OwedPaper, SupplementReason
from contracts.supplements.intake import DossierHandedInV1, DossierOwedRemindedV1, DossierPausedV1, DossierResumedV1
from contracts.topics import CONTACTS, DOSSIERS
from contracts.values import Channel, HandOver, Lane, Outcome, PortalStatus, WithdrawalReason, mint_code
from deploy.sandbox.mail_server.mailbox import Mailbox
from deploy.sandbox.mail_server.smtp import Faults, MailServer
from messaging.bell import Bell
from messaging.clock import system_clock
from messaging.connections import make_engine
from messaging.engine import Engine, Work
from messaging.handler_table import Context
from messaging.outbox import CHANNEL
from messaging.records import Record
from services.notify import handlers
from services.notify.adapters.gateways import gateway_of
from services.notify.background import Sender
from services.notify.consumers import TABLE
from services.notify.domain.contact import KnownContact, KnownForBatch
from services.notify.domain.message import Message, MessageChannel, message_id
from services.notify.main import SERVICE
from services.notify.repository.messages import BELL
from services.notify.settings import NotifySettings
from services.notify.tables import METADATA
from tests.support.eventually import eventually
from tests.support.made_tables import make_tables
from tests.support.reference_data import COMMUNE, ROOT_KEYS, headers_for, seed_copies, token_for

AT = datetime(2026, 2, 16, 8, tzinfo=UTC)
UNIT = UnitRef(id="000.00.21.H99", name="Bộ phận Một cửa huyện Hà An")
IN_COMMUNE = UnitRef(id=COMMUNE, name="Bộ phận Một cửa xã Minh Lạc")
CODE = "000.00.21.H99-260216-0001"
DOSSIER = "d-0001"
TELEPHONE = "0299 3821 001"
ADDRESS = "nguyen.van.a@example.vn"
CONTACT = ContactV1(name="Nguyễn Văn A", email=ADDRESS)
REACHABLE = KnownContact(1, CONTACT)
FORGOTTEN = KnownContact(2, None)

ASKED = [OwedPaper(code="p", title="Tờ khai", reason=SupplementReason.UNSIGNED)]
OWN: dict[type[DossierFact], dict[str, Any]] = {
    DossierSubmittedV1: {},
    DossierReturnedV1: {"missing": [MissingPaper(code="p", title="Tờ khai", reason="bà Trần Thị B chưa ký")]},
    DossierAcceptedV1: {"competent_unit": UNIT, "accepted_at": AT},
    DossierRescheduledV1: {"previous_at": AT - timedelta(days=1)},
    DossierRefusedV1: {"reason": "ông Lê Văn C không có thẩm quyền"},
    DossierTakenUpV1: {},
    DossierDecidedV1: {"outcome": Outcome.GRANTED, "decided_at": AT},
    DossierResultRemindedV1: {"decided_at": AT - timedelta(days=11)},
    DossierHandedOverV1: {"handed_over_by": HandOver.POST, "handed_over_at": AT},
    DossierTransferredV1: {"transferred_from": IN_COMMUNE},
    DossierAddressConfirmedV1: {},
    DossierWithdrawalRequestedV1: {"reason": WithdrawalReason.APPLICANT},
    DossierWithdrawnV1: {"reason": WithdrawalReason.DUPLICATE, "duplicate_of": "000.00.21.H99-260216-0002"},
    DossierWithdrawalRefusedV1: {"decided_at": AT},
    DossierPausedV1: {"owed": "papers", "request_number": 1, "missing": ASKED, "paused_at": AT},
    DossierOwedRemindedV1: {"owed": "papers", "request_number": 1, "missing": ASKED, "paused_at": AT},
    DossierHandedInV1: {"owed": "papers", "request_number": 1},
    DossierResumedV1: {
        "owed": "papers",
        "request_number": 1,
        "paused_at": AT,
        "resumed_at": AT,
        "previous_at": AT - timedelta(days=2),
    },
    DossierExtendedV1: {"ground": ExtensionGround.OPINION_AWAITED, "previous_at": AT - timedelta(days=7)},
    DossierStoppedV1: {"ground": StopGround.UNANSWERED_SUPPLEMENT},
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
    attributes = Attributes(id=f"fact-{sequence}", source="intake", type=kind, subject=DOSSIER, time=AT, sequence=sequence)
    return Context(attributes, AT, KnownForBatch({} if known is None else {DOSSIER: known}, {UNIT.id: TELEPHONE}), Lane.DISTRICT)


def queued(**changes: Any) -> Message:
    decision = handlers.queue_message(None, fact(), context())
    assert decision is not None
    return replace(decision.state, **changes)


# --- the running service --------------------------------------------------------------------------------

CLOSED_PORT = "127.0.0.1:9"
_numbers = count(1)


@dataclass(frozen=True)
class Person:
    """A dossier, with an address that no other test writes to."""

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
        await Engine(database=self.database, table=TABLE, clock=system_clock).process(Work(records))

    async def receive(
        self, person: Person, event: DossierFact | None = None, sequence: int = 1, lane: Lane = Lane.DISTRICT
    ) -> None:
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
        rows = await self.rows("SELECT outcome FROM attempt WHERE message = :id ORDER BY number", id=person.first)
        return [row.outcome for row in rows]

    async def published(self, person: Person) -> list[tuple[int, str]]:
        """What is to be published about the message: (number, what)."""
        rows = await self.rows("SELECT sequence, type FROM outbox WHERE aggregateid = :id ORDER BY position", id=person.first)
        return [(row.sequence, row.type.split(".")[-2]) for row in rows]

    async def until(self, person: Person, state: str) -> Any:
        async def reached() -> Any:
            row = await self.message(person)
            return row if row.state == state else None

        return await eventually(reached, describe=f"message of {person.dossier} {state}")

    async def until_attempted(self, person: Person, *outcomes: str) -> None:
        """Until the first attempts came to these."""

        async def reached() -> bool:
            return (await self.attempts(person))[: len(outcomes)] == list(outcomes)

        await eventually(reached, describe=f"attempts for {person.dossier}: {outcomes}")

    async def make_due(self) -> None:
        """Every wait, and every lease, is over now."""
        async with self.database.begin() as connection:
            await connection.execute(text("UPDATE message SET due_at = :at WHERE due_at IS NOT NULL"), {"at": AT})
            await connection.execute(text("SELECT pg_notify(:channel, :bell)"), {"channel": CHANNEL, "bell": BELL})


@asynccontextmanager
async def notify_database(url: str) -> AsyncIterator[Notify]:
    database = make_engine(url)
    await make_tables(database, METADATA)
    await seed_copies(database)
    yield Notify(url, database)
    await database.dispose()


def settings_for(mail: MailServer | None, **given: Any) -> NotifySettings:
    smtp = CLOSED_PORT if mail is None else f"{mail.host}:{mail.port}"
    return NotifySettings(**{"kafka": CLOSED_PORT, "root_keys": ROOT_KEYS, "smtp": smtp, "mail_seconds": 60, **given})


@asynccontextmanager
async def running(notify: Notify, settings: NotifySettings) -> AsyncIterator[FastAPI]:
    """One process of notify."""
    app = build(SERVICE, settings, notify.url)
    async with app.router.lifespan_context(app):
        yield app


@dataclass
class NotifyWorld:
    """Notify running, beside a mail server whose faults a test may choose."""

    notify: Notify
    mail: MailServer
    app: FastAPI

    def message_ids(self, person: Person) -> list[str]:
        return message_ids(self.mail, person)

    def without_faults(self) -> Self:
        for fault in fields(Faults):
            setattr(self.mail.faults, fault.name, fault.default)
        return self


@asynccontextmanager
async def mail_server(folder: Path) -> AsyncIterator[MailServer]:
    server = MailServer(mailbox=Mailbox(folder))
    await server.start()
    yield server
    await server.stop()


@asynccontextmanager
async def running_world(database_url: str, folder: Path) -> AsyncIterator[NotifyWorld]:
    async with (
        mail_server(folder) as mail,
        notify_database(database_url) as notify,
        running(notify, settings_for(mail)) as app,
    ):
        yield NotifyWorld(notify, mail, app)


@dataclass(kw_only=True)
class LedgerWorld:
    """Five messages: `sent`, `failed`, `skipped` and `waiting` in the district, `elsewhere` (sent) in the commune."""

    world: NotifyWorld
    http: httpx.AsyncClient
    sent: Person
    failed: Person
    skipped: Person
    waiting: Person
    elsewhere: Person

    @property
    def notify(self) -> Notify:
        return self.world.notify

    @property
    def mail(self) -> MailServer:
        return self.world.mail

    async def get(self, username: str, path: str, **query: Any) -> Any:
        answer = await self.http.get(f"/api/notify/{path}", headers=headers_for(username), params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def dossiers(self, username: str, **query: Any) -> list[str]:
        return [message["dossier"] for message in (await self.get(username, "messages", **query))["messages"]]

    async def page(self, username: str, path: str, language: str = "vi") -> httpx.Response:
        cookies = {"Cookie": f"motcua_token={token_for(username)}; motcua_lang={language}", "Accept": "text/html"}
        return await self.http.get(f"/notify/{path}", headers=cookies)

    async def retry(self, person: Person, headers: dict[str, str]) -> httpx.Response:
        return await self.http.post(f"/api/notify/messages/{person.first}/retry", headers=headers)

    async def failing(self) -> Person:
        """One more message, failed in version 1; the next attempt to send it will be accepted."""
        self.world.without_faults()
        person = somebody()
        self.mail.faults.refused = (person.address,)
        await self.notify.receive(person)
        await self.notify.until(person, "failed")
        self.world.without_faults()
        return person

    async def fill(self) -> None:
        self.mail.faults.refused = (self.failed.address,)
        await self.notify.receive(self.sent)
        await self.notify.receive(self.elsewhere, accepted(self.elsewhere, unit=IN_COMMUNE))
        await self.notify.receive(self.failed)
        await self.notify.receive(self.skipped, accepted(self.skipped, contact_version=None))
        for person, state in ((self.sent, "sent"), (self.elsewhere, "sent"), (self.failed, "failed"), (self.skipped, "skipped")):
            await self.notify.until(person, state)
        self.mail.faults.defer_every = 1
        await self.notify.receive(self.waiting)
        await self.notify.until_attempted(self.waiting, "deferred")
        self.world.without_faults()


@asynccontextmanager
async def filled_ledger(database_url: str, folder: Path) -> AsyncIterator[LedgerWorld]:
    async with running_world(database_url, folder) as world, client(world.app) as http:
        people = {name: somebody() for name in ("sent", "failed", "skipped", "waiting")}
        ledger = LedgerWorld(world=world, http=http, elsewhere=somebody(COMMUNE), **people)
        with pytest.MonkeyPatch.context() as patch:
            # What was put off stays so.
            patch.setattr("services.notify.domain.retry_policy.FIRST_WAIT", timedelta(hours=1))
            await ledger.fill()
        yield ledger


def message_ids(mail: MailServer, person: Person) -> list[str]:
    return [kept.message_id for kept in mail.mailbox.mails_to(person.address)]


def sender_of(app: FastAPI, **changes: Any) -> Sender:
    """One more sender, which the test moves by hand."""
    settings = NotifySettings(**app.state.process.settings.model_dump() | changes)
    return Sender(
        process=app.state.process, settings=settings, gateway=gateway_of(settings), stopping=asyncio.Event(), bell=Bell()
    )


def client(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://motcua.test")


def fact_record(person: Person, event: DossierFact, sequence: int = 1, lane: Lane = Lane.DISTRICT) -> Record:
    attributes = Attributes(id=str(uuid4()), source="intake", type=event.TYPE, subject=person.dossier, time=AT, sequence=sequence)
    return _record(DOSSIERS.name(lane), person, attributes, event.model_dump_json().encode())


def contact_record(person: Person, value: ContactV1 | None, version: int = 1, lane: Lane = Lane.DISTRICT) -> Record:
    """A version of the contact; None is the tombstone."""
    attributes = Attributes(
        id=str(uuid4()), source="intake", type=ContactV1.TYPE, subject=person.dossier, time=AT, sequence=version
    )
    return _record(CONTACTS.name(lane), person, attributes, None if value is None else value.model_dump_json().encode())


def _record(topic: str, person: Person, attributes: Attributes, value: bytes | None) -> Record:
    return Record(
        topic=topic, partition=0, offset=next(_numbers), key=person.dossier.encode(), value=value, headers=attributes.headers()
    )
