"""What the tests of reporting are made from: lives of dossiers as intake and routing tell them, and how they look in memory.

Events are read by the real engine, or sent to a real broker. `Told` keeps when its publisher recorded it, so that a test can
fold the same events with the pure handlers and compare.
"""

import random
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

import httpx
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.process import build
from chassis.settings import ProcessSettings
from contracts import intake, routing
from contracts.envelope import Attributes
from contracts.intake import ProcedureRef, UnitRef
from contracts.registry import Event
from contracts.values import CIVIL_TIME, Channel, GuidanceKind, HandOver, Lane, Outcome, PortalStatus, mint_code
from messaging.engine import Engine, Work
from messaging.handler_table import Context
from messaging.records import Record
from messaging.runtime import make_engine
from services.reporting.consumers import TABLE
from services.reporting.domain.dossier import Dossier
from services.reporting.main import SERVICE
from services.reporting.tables import METADATA
from tests.support.reference_data import (
    CENTRE,
    COMMUNE,
    DEPARTMENT,
    DISTRICT,
    INSURANCE,
    POST_OFFICE,
    headers_for,
    seed_copies,
    staff_id,
)

NOW: Final = datetime(2026, 3, 20, 9, 0, tzinfo=CIVIL_TIME)
CLOSED_PORT: Final = "127.0.0.1:9"
HOUR: Final = timedelta(hours=1)
FIELDS: Final = {"dat-dai": "Đất đai", "bao-hiem": "Bảo hiểm xã hội", "tu-phap": "Tư pháp, hộ tịch"}
DOORS: Final = {CENTRE: Lane.PROVINCE, DISTRICT: Lane.DISTRICT, COMMUNE: Lane.DISTRICT, POST_OFFICE: Lane.POST}
DECIDERS: Final = (DEPARTMENT, DISTRICT, COMMUNE, INSURANCE)


@dataclass(frozen=True)
class Told:
    """One event about one subject, numbered by its publisher; `recorded` is its envelope's time."""

    source: str
    subject: str
    sequence: int
    event: Event
    recorded: datetime
    lane: Lane | None

    @property
    def attributes(self) -> Attributes:
        ident = f"{self.source}/{self.subject}/{self.sequence}"
        return Attributes(ident, self.source, self.event.TYPE, self.subject, self.recorded, self.sequence)

    def record(self, offset: int = 0) -> Record:
        return Record(
            self.event.TOPIC.name(self.lane),
            0,
            offset,
            self.subject.encode(),
            self.event.model_dump_json(exclude_none=True).encode(),
            self.attributes.headers(),
        )


@dataclass(frozen=True)
class Life:
    """A dossier from its acceptance on; `decided` None: not yet. Without `competent` no case has been opened."""

    number: int
    accepted: date
    promised: date
    decided: date | None = None
    unit: str = DISTRICT
    field: str = "dat-dai"
    channel: Channel = Channel.COUNTER
    competent: str | None = DISTRICT

    @property
    def id(self) -> str:
        return f"d-{UUID(int=self.number).hex}"

    def told(self) -> Iterator[Told]:
        return _told(self.id, DOORS[self.unit], self._by_intake(), self._by_routing())

    def _by_intake(self) -> Iterator[Event]:
        at = _at(self.accepted)
        about: dict[str, Any] = {
            "submission_number": f"N-{self.number}",
            "unit": UnitRef(id=self.unit, name=f"Đơn vị {self.unit}"),
            "procedure": self._procedure(),
            "channel": self.channel,
        }
        yield intake.DossierSubmittedV1(**about, status=PortalStatus.SUBMITTED, at=at)
        about |= {"code": self.code, "promised_at": _at(self.promised, 16)}
        receiver = UnitRef(id=self.competent or self.unit, name="Cơ quan")
        yield intake.DossierAcceptedV1(
            **about, status=PortalStatus.ACCEPTED, at=at + HOUR, accepted_at=at + HOUR, competent_unit=receiver
        )
        if self.competent:
            yield intake.DossierTakenUpV1(**about, status=PortalStatus.IN_PROCESS, at=at + 2 * HOUR)
        if self.decided:
            end = _at(self.decided, 20)
            yield intake.DossierDecidedV1(
                **about, status=PortalStatus.DECIDED, at=end, outcome=Outcome.GRANTED, decided_at=_at(self.decided, 15)
            )
            later = end + timedelta(days=2)
            yield intake.DossierHandedOverV1(
                **about, status=PortalStatus.HANDED_OVER, at=later, handed_over_by=HandOver.COUNTER, handed_over_at=later
            )

    def _by_routing(self) -> Iterator[Event]:
        if not self.competent:
            return
        about: dict[str, Any] = {
            "code": self.code,
            "receiving_unit": UnitRef(id=self.unit, name="Một cửa"),
            "competent_unit": UnitRef(id=self.competent, name="Cơ quan"),
            "procedure": self._procedure(),
            "promised_at": _at(self.promised, 16),
        }
        at = _at(self.accepted) + HOUR
        yield routing.CaseOpenedV1(**about, at=at)
        yield routing.CaseAssignedV1(**about, at=at + HOUR, officer=staff_id("minh"), officer_name="Minh")
        if self.decided:
            yield routing.CaseDecidedV1(**about, at=_at(self.decided, 15), outcome=Outcome.GRANTED, by=staff_id("minh"))

    @property
    def code(self) -> str:
        return mint_code(self.unit, self.accepted, self.number)

    def _procedure(self) -> ProcedureRef:
        title = f"Thủ tục {self.field}"
        return ProcedureRef(code="1.900011", version=1, title=title, field=self.field, field_title=FIELDS[self.field])


def refused(number: int, unit: str = DISTRICT) -> list[Told]:
    """Handed back once for papers, then refused: never accepted, never counted."""
    about: dict[str, Any] = {
        "submission_number": f"N-{number}",
        "unit": UnitRef(id=unit, name="Một cửa"),
        "procedure": Life(number, NOW.date(), NOW.date())._procedure(),
        "channel": Channel.ONLINE,
    }
    missing = [intake.MissingPaper(code="to-khai", title="Tờ khai", reason="Thiếu chữ ký.")]
    events = (
        intake.DossierSubmittedV1(**about, status=PortalStatus.SUBMITTED, at=NOW),
        intake.DossierReturnedV1(**about, status=PortalStatus.SUBMITTED, at=NOW + HOUR, missing=missing),
        intake.DossierRefusedV1(**about, status=PortalStatus.REFUSED, at=NOW + 2 * HOUR, reason="Không thuộc thẩm quyền."),
    )
    return list(_told(f"d-{UUID(int=number).hex}", DOORS[unit], events, ()))


def guided(number: int, kind: GuidanceKind, at: datetime, unit: str = DISTRICT) -> Told:
    event = intake.GuidanceGivenV1(unit=UnitRef(id=unit, name="Một cửa"), kind=kind, at=at, by=staff_id("hoa"))
    return Told("intake", f"g-{UUID(int=number).hex}", 1, event, at, None)


def lives(count: int, seed: int = 7, first: int = 1) -> list[Life]:
    """Some of everything, from December to March, the same for the same seed."""
    chance = random.Random(seed)
    found = []
    for number in range(first, first + count):
        accepted = date(2025, 12, 1) + timedelta(days=chance.randrange(100))
        promised = accepted + timedelta(days=chance.randrange(12))
        decided = promised + timedelta(days=chance.randrange(-8, 8)) if chance.random() < 0.7 else None
        competent = chance.choice(DECIDERS) if decided or chance.random() < 0.7 else None
        found.append(
            Life(
                number,
                accepted,
                promised,
                max(accepted, decided) if decided else None,
                chance.choice(tuple(DOORS)),
                chance.choice(tuple(FIELDS)),
                chance.choice(tuple(Channel)),
                competent,
            )
        )
    return found


def in_memory(told: Iterable[Told]) -> dict[str, Dossier]:
    """The same events through the same handlers, without a database."""
    found: dict[str, Dossier] = {}
    for one in told:
        (entry,) = TABLE.by_type[one.event.TYPE]
        context = Context(one.attributes, NOW, lane=one.lane)
        decision = entry.handler(found.get(one.subject), one.event, context)
        assert decision is not None
        found[one.subject] = decision.state
    return found


async def reporting_database(url: str) -> AsyncEngine:
    """Empty tables but for directory's entities."""
    database = make_engine(url)
    async with database.begin() as connection:
        await connection.run_sync(METADATA.create_all)
    await seed_copies(database)
    return database


async def read(database: AsyncEngine, told: Sequence[Told]) -> None:
    """As if they had come from Kafka, one batch."""
    async with database.connect() as connection:
        begin = await connection.scalar(text("SELECT coalesce(max(next), 0) FROM read_offset"))
    records = [one.record(offset) for offset, one in enumerate(told, int(begin or 0))]
    await Engine(database, TABLE, lambda: NOW).process(Work(records))


def settings(kafka: str = CLOSED_PORT) -> ProcessSettings:
    return ProcessSettings(kafka=kafka, clock=NOW.isoformat())


@asynccontextmanager
async def running(url: str, kafka: str = CLOSED_PORT) -> AsyncIterator[FastAPI]:
    app = build(SERVICE, settings(kafka), url)
    async with app.router.lifespan_context(app):
        yield app


@asynccontextmanager
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://reporting") as http:
        yield http


async def ask(http: httpx.AsyncClient, path: str, username: str = "operator", **query: object) -> Any:
    """The JSON of a good answer."""
    answer = await http.get(f"/api/reporting/{path}", params=_query(query), headers=headers_for(username, NOW))
    assert answer.status_code == 200, answer.text
    return answer.json()


def _query(given: dict[str, object]) -> dict[str, str]:
    named = {"start": "from", "end": "to"}
    return {named.get(name, name): str(value) for name, value in given.items() if value is not None}


def _told(subject: str, lane: Lane, by_intake: Iterable[Event], by_routing: Iterable[Event]) -> Iterator[Told]:
    for source, events in (("intake", by_intake), ("routing", by_routing)):
        for sequence, event in enumerate(events, 1):
            at: datetime = event.at  # type: ignore[attr-defined]
            yield Told(source, subject, sequence, event, at, lane)


def _at(day: date, hour: int = 8) -> datetime:
    return datetime.combine(day, time(hour), CIVIL_TIME)
