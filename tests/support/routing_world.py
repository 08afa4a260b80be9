"""What the tests of routing are made from: accepted dossiers as intake publishes them, read by the real engine without a broker,
and the real application, asked by programs and by browsers.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final
from uuid import uuid4

import httpx
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.process import build
from contracts.directory import StaffV1
from contracts.envelope import Attributes
from contracts.intake import DossierAcceptedV1, DossierSubmittedV1, PaperRef, ProcedureRef, UnitRef
from contracts.topics import DOSSIERS
from contracts.values import CIVIL_TIME, Channel, Lane, PortalStatus, mint_code
from messaging.connections import make_engine
from messaging.engine import Engine, Work
from messaging.records import Record
from services.routing.consumers import TABLE
from services.routing.main import SERVICE
from services.routing.settings import RoutingSettings
from services.routing.tables import METADATA
from tests.support.draft_pages import is_draft
from tests.support.made_tables import make_tables
from tests.support.reference_data import DISTRICT, REVISE, ROOT_KEYS, headers_for, seed_copies, token_for
from tests.support.servers import PostgresServer
from web.signin import COOKIE

NOW: Final = datetime(2026, 2, 16, 9, 0, tzinfo=CIVIL_TIME)
"""A Monday morning."""
CLOSED_PORT: Final = "127.0.0.1:9"
HTML: Final = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
_numbers = count(1)


def new_id() -> str:
    return f"d-{uuid4().hex}"


def accepted(
    *,
    promised: datetime = NOW + timedelta(days=10),
    field: str = "dat-dai",
    unit: str = DISTRICT,
    received_by: str = DISTRICT,
    number: int | None = None,
    title: str = "Chuyển quyền sử dụng đất cho con",
) -> DossierAcceptedV1:
    code = mint_code(received_by, NOW.date(), number or next(_numbers))
    return DossierAcceptedV1(
        status=PortalStatus.ACCEPTED,
        submission_number=f"N-{code}",
        code=code,
        unit=UnitRef(id=received_by, name="Bộ phận Một cửa huyện Hà An"),
        procedure=ProcedureRef(code="1.900011", version=1, title=title, field=field, field_title="Đất đai"),
        channel=Channel.COUNTER,
        promised_at=promised,
        at=NOW,
        competent_unit=UnitRef(id=unit, name="Phòng chuyên môn huyện Hà An"),
        accepted_at=NOW,
        papers=[PaperRef(code="to-khai", title="Tờ khai"), PaperRef(code="giay-to-goc", title="Giấy tờ gốc")],
    )


def submitted(later: DossierAcceptedV1) -> DossierSubmittedV1:
    """The fact before that acceptance."""
    facts = later.model_dump(exclude={"code", "promised_at", "status"})
    return DossierSubmittedV1.model_validate({**facts, "status": PortalStatus.SUBMITTED})


def attributes(dossier: str, event: Any, sequence: int) -> Attributes:
    return Attributes(
        id=str(uuid4()),
        source="intake",
        type=event.TYPE,
        subject=dossier,
        time=NOW,
        sequence=sequence,
        correlation=f"request-of-{dossier}",
    )


def record(dossier: str, event: Any, sequence: int, lane: Lane = Lane.DISTRICT) -> Record:
    """As it would come from Kafka; every offset is a new one."""
    value = event.model_dump_json().encode()
    headers = attributes(dossier, event, sequence).headers()
    return Record(
        topic=DOSSIERS.name(lane), partition=0, offset=next(_numbers), key=dossier.encode(), value=value, headers=headers
    )


async def process_batch(database: AsyncEngine, records: Iterable[Record], now: datetime = NOW) -> None:
    """One batch through the engine, as the consumer would."""
    await Engine(database=database, table=TABLE, clock=lambda: now).process(Work(list(records)))


async def open_cases(database: AsyncEngine, *events: DossierAcceptedV1, lane: Lane = Lane.DISTRICT) -> list[str]:
    """These dossiers accepted at once, in one batch: the ids of their cases."""
    ids = [new_id() for _ in events]
    await process_batch(database, [record(ident, event, 1, lane) for ident, event in zip(ids, events, strict=True)])
    return ids


async def add_staff(database: AsyncEngine, *staff: StaffV1, version: int = 2) -> None:
    statement = text("""
        INSERT INTO state_copy (topic, id, version, value) VALUES ('directory.staff', :id, :version, CAST(:value AS jsonb))
        ON CONFLICT (topic, id) DO UPDATE SET version = excluded.version, value = excluded.value
    """)
    values = [{"id": person.id, "version": version, "value": person.model_dump_json()} for person in staff]
    async with database.begin() as connection:
        await connection.execute(statement, values)
        await connection.execute(REVISE)


async def routing_database(url: str) -> AsyncEngine:
    """Routing's tables and copies of the sample's reference data."""
    database = make_engine(url)
    await make_tables(database, METADATA)
    await seed_copies(database)
    return database


async def rows(database: AsyncEngine, query: str, **values: object) -> list[Any]:
    async with database.connect() as connection:
        return list((await connection.execute(text(query), values)).all())


@asynccontextmanager
async def running(url: str, **settings: Any) -> AsyncIterator[FastAPI]:
    """The real application with its lifespan. Kafka is away unless an address is given: pages serve all the same."""
    app = build(SERVICE, routing_settings(**settings), url)
    async with app.router.lifespan_context(app):
        yield app


def routing_settings(**settings: Any) -> RoutingSettings:
    """What looks by the clock is asked by its own tests only: the dates of these cases have long passed."""
    given = {"kafka": CLOSED_PORT, "root_keys": ROOT_KEYS, "clock": "", "pool_size": 4, "due_look_seconds": 3600}
    return RoutingSettings(**given | settings)


def client(app: FastAPI, **headers: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://motcua.test", headers=headers)


@dataclass(frozen=True)
class Browser:
    """One person's browser: a cookie, and the forms that they send."""

    http: httpx.AsyncClient
    token: str

    async def open(self, path: str) -> httpx.Response:
        return await self.http.get(path, headers=HTML | {"Cookie": f"{COOKIE}={self.token}"})

    async def submit(self, path: str, form: dict[str, str]) -> httpx.Response:
        """The page that shows the draft, if it comes to one."""
        answer = await self.http.post(path, data=form, headers=HTML | {"Cookie": f"{COOKIE}={self.token}"})
        return await self.open(answer.headers["location"]) if is_draft(answer) else answer


@dataclass(frozen=True)
class World:
    """Routing's application on a database of its own, while Kafka is away."""

    database: AsyncEngine
    http: httpx.AsyncClient

    async def case(self, field: str = "dat-dai") -> str:
        """A case just opened: `dat-dai` is minh's, in version 2; a field that nobody covers stays with nobody, in version 1."""
        return (await open_cases(self.database, accepted(field=field)))[0]

    def browser(self, username: str) -> Browser:
        return Browser(self.http, token_for(username, NOW))

    async def post(self, username: str, path: str, body: object, version: int, **headers: str) -> httpx.Response:
        signed = headers_for(username, version=version) | headers
        return await self.http.post(f"/api/routing/cases/{path}", json=body, headers=signed)

    async def get(self, username: str, path: str) -> Any:
        answer = await self.http.get(f"/api/routing/cases{path}", headers=headers_for(username))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def published(self, case: str) -> list[tuple[int, str]]:
        """What the outbox has about it: (sequence, what happened)."""
        query = "SELECT sequence, type FROM outbox WHERE aggregateid = :id ORDER BY position"
        return [(row.sequence, row.type.split(".")[4]) for row in await rows(self.database, query, id=case)]

    async def history(self, case: str) -> list[tuple[int, str]]:
        """The lines of its history: (number, what happened)."""
        query = "SELECT number, act FROM case_step WHERE case_id = :id ORDER BY number"
        return [(row.number, row.act) for row in await rows(self.database, query, id=case)]


@asynccontextmanager
async def routing_world(postgres: PostgresServer, **settings: Any) -> AsyncIterator[World]:
    url = await postgres.create_database("routing")
    database = await routing_database(url)
    try:
        async with running(url, **settings) as app, client(app) as http:
            yield World(database, http)
    finally:
        await database.dispose()
