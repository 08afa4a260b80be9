"""One running intake with its database: the real application, and events brought to it without a broker."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.process import build
from contracts.envelope import Attributes
from contracts.registry import Event
from messaging.connections import make_engine
from messaging.engine import Engine, Work
from messaging.records import Record
from services.intake.adapters.keys import keys_of
from services.intake.main import SERVICE
from services.intake.provision import table_with
from services.intake.settings import IntakeSettings
from services.intake.tables import METADATA
from tests.support.intake_events import NOW, decided_case, new_dossier, opened_case, write_keys
from tests.support.made_tables import make_tables
from tests.support.reference_data import ROOT_KEYS, headers_for, seed_copies
from tests.support.servers import PostgresServer

CLOSED_PORT: Final = "127.0.0.1:9"
SUBMISSION_BOUNDS: Final = [f"submissions_per_{whose}" for whose in ("address", "person", "telephone", "email", "unit")]
"""Without a bound here, where one applicant hands in for all tests of a module; tests of the bounds set them."""
_offsets = count(1)


def settings(keys: dict[str, Path], **changes: Any) -> IntakeSettings:
    given: dict[str, Any] = dict.fromkeys(SUBMISSION_BOUNDS, 0)
    given |= {"kafka": CLOSED_PORT, "clock": NOW.isoformat(), "pool_size": 8, "trusted_proxies": "127.0.0.1"}
    given["root_keys"] = ROOT_KEYS
    return IntakeSettings(**given | {name: path for name, path in keys.items() if name.endswith("_file")} | changes)


async def intake_database(url: str) -> AsyncEngine:
    """Intake's tables and copies of the sample's reference data."""
    database = make_engine(url)
    await make_tables(database, METADATA)
    await seed_copies(database)
    return database


@asynccontextmanager
async def running(url: str, given: IntakeSettings) -> AsyncIterator[FastAPI]:
    """The real application with its lifespan. Kafka is away unless the settings name one: commands go all the same."""
    app = build(SERVICE, given, url)
    async with app.router.lifespan_context(app):
        yield app


def client(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://motcua.test")


@asynccontextmanager
async def intake_world(postgres: PostgresServer, folder: Path, **changes: Any) -> AsyncIterator["Intake"]:
    """A database, keys and a running application of one test module."""
    keys = write_keys(folder)
    url = await postgres.create_database("intake")
    database = await intake_database(url)
    given = settings(keys, **changes)
    async with running(url, given) as app, client(app) as http:
        yield Intake(database=database, http=http, settings=given, keys=keys, app=app)
    await database.dispose()


@dataclass(kw_only=True)
class Intake:
    """`consume` brings events as the consumer would."""

    database: AsyncEngine
    http: httpx.AsyncClient
    settings: IntakeSettings
    keys: dict[str, Path]
    app: FastAPI
    sequences: dict[tuple[str, str], int] = field(default_factory=dict)

    async def post(
        self, path: str, body: object, *, clerk: str = "hoa", version: int | None = None, key: str | None = None
    ) -> httpx.Response:
        headers = headers_for(clerk, NOW, version=version)
        return await self.http.post(f"/api/intake{path}", json=body, headers=headers | ({"Idempotency-Key": key} if key else {}))

    async def get(self, path: str, *, clerk: str = "hoa") -> httpx.Response:
        return await self.http.get(f"/api/intake{path}", headers=headers_for(clerk, NOW))

    async def receive(self, **changes: Any) -> dict[str, Any]:
        """A dossier at the counter; accepted unless `accept` says no."""
        answer = await self.post("/dossiers", new_dossier(**changes))
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def submit(self, **changes: Any) -> dict[str, Any]:
        """A submission that a citizen sends."""
        body = {name: value for name, value in new_dossier(**changes).items() if name != "accept"}
        answer = await self.online("/submissions", body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def rows(self, query: str, **values: object) -> list[Any]:
        async with self.database.connect() as connection:
            return list((await connection.execute(text(query), values)).all())

    async def online(self, path: str, body: object, key: str | None = None, **headers: str) -> httpx.Response:
        """Without sign-in, as a citizen's program would."""
        given = {"Idempotency-Key": key or str(uuid4())} | headers
        return await self.http.post(f"/api/intake{path}", json=body, headers=given)

    async def track(self, received: dict[str, Any], **headers: str) -> httpx.Response:
        given = {"code": received["code"] or received["submission_number"], "secret": received["secret"]}
        return await self.http.post("/api/intake/track", json=given, headers=headers)

    async def published(self, subject: str, topic: str = "intake.dossiers.%") -> list[tuple[int, str]]:
        """(sequence, what happened) of what lies in the outbox about it."""
        query = "SELECT sequence, type FROM outbox WHERE aggregateid = :id AND aggregatetype LIKE :topic ORDER BY position"
        return [(row.sequence, row.type.split(".")[4]) for row in await self.rows(query, id=subject, topic=topic)]

    async def consume(self, subject: str, *events: Event, again: bool = False) -> None:
        """One batch; `again` sends the last number of that publisher and subject once more."""
        records = [self.record(subject, event, again=again) for event in events]
        await self.work(records)

    async def work(self, records: Sequence[Record]) -> None:
        await Engine(database=self.database, table=table_with(keys_of(self.settings), lambda: NOW), clock=lambda: NOW).process(
            Work(records)
        )

    def record(self, subject: str, event: Event, *, again: bool = False) -> Record:
        owner = event.TOPIC.owner
        number = self.sequences.get((owner, subject), 0) + (0 if again else 1)
        self.sequences[owner, subject] = number
        attributes = Attributes(id=str(uuid4()), source=owner, type=event.TYPE, subject=subject, time=NOW, sequence=number)
        topic = event.TOPIC.names()[0]
        return Record(
            topic=topic,
            partition=0,
            offset=next(_offsets),
            key=subject.encode(),
            value=event.model_dump_json().encode(),
            headers=attributes.headers(),
        )

    async def parked(self, subject: str) -> list[tuple[str, str]]:
        """(state, reason) of what could not be applied."""
        query = "SELECT state, reason FROM parking_lot WHERE subject = :id ORDER BY sequence"
        return [(row.state, row.reason) for row in await self.rows(query, id=subject)]

    async def decided(self, **changes: Any) -> dict[str, Any]:
        """A dossier all the way to its result, in version 4."""
        received = await self.receive(**changes)
        await self.consume(received["id"], opened_case(received), decided_case(received))
        return received
