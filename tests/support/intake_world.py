"""What the tests of intake are made from: keys of their own, the real application, and what routing and the post would tell."""

import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
from fastapi import FastAPI
from joserfc import jwe
from joserfc.jwk import ECKey
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.process import build
from contracts.directory import ProcedureV1
from contracts.envelope import Attributes
from contracts.intake import PaperRef, ProcedureRef, UnitRef
from contracts.post import DossierCollectedV1, ShipmentDeliveredV1, ShipmentDispatchedV1
from contracts.registry import Event
from contracts.routing import CaseDecidedV1, CaseOpenedV1
from contracts.values import CIVIL_TIME, Outcome
from messaging.engine import Engine, Work
from messaging.records import Record
from messaging.runtime import make_engine
from services.intake.consumers import opened
from services.intake.main import SERVICE
from services.intake.settings import IntakeSettings
from services.intake.tables import METADATA
from tests.support.reference_data import DISTRICT, INSURANCE_CARD, LAND, POST_OFFICE, entities, headers_for, seed_copies
from tests.support.servers import PostgresServer

NOW: Final = datetime(2026, 2, 24, 9, 0, tzinfo=CIVIL_TIME)
"""A Tuesday morning; the running application's clock starts here and ticks."""
CLOSED_PORT: Final = "127.0.0.1:9"
MISSING: Final = "giay-chung-nhan"
"""The paper of LAND that lies at home."""
APPLICANT: Final[dict[str, Any]] = {
    "name": "Nguyễn Văn Thử",
    "identity_number": "034099000001",
    "address": "Thôn Mẫu, xã Minh Lạc",
    "telephone": "0912000001",
    "email": "thu@vidu.test",
}
_offsets = count(1)


def write_keys(folder: Path) -> dict[str, Path]:
    """Files as an installation has them, by the settings' names; the post's private key beside them."""
    own, post = (ECKey.generate_key("P-256", private=True) for _ in range(2))
    symmetric = [urlsafe_b64encode(bytes([number]) * 32).decode() for number in (1, 2)]
    contents = {
        "field_key_file": symmetric[0],
        "hmac_key_file": symmetric[1],
        "intake_key_file": json.dumps(own.as_dict(private=True)),
        "post_public_key_file": json.dumps(post.as_dict(private=False)),
        "post_private": json.dumps(post.as_dict(private=True)),
    }
    for name, content in contents.items():
        (folder / name).write_text(content)
    return {name: folder / name for name in contents}


def settings(keys: dict[str, Path], **changes: Any) -> IntakeSettings:
    given: dict[str, Any] = {"kafka": CLOSED_PORT, "clock": NOW.isoformat(), "pool_size": 8}
    return IntakeSettings(**given | {name: path for name, path in keys.items() if name.endswith("_file")} | changes)


async def intake_database(url: str) -> AsyncEngine:
    """Intake's tables and copies of the sample's reference data."""
    database = make_engine(url)
    async with database.begin() as connection:
        await connection.run_sync(METADATA.create_all)
    await seed_copies(database)
    return database


@asynccontextmanager
async def running(url: str, given: IntakeSettings) -> AsyncIterator[FastAPI]:
    """The real application with its lifespan. Kafka is away unless the settings name one: commands go all the same."""
    app = build(SERVICE, given, url)
    async with app.router.lifespan_context(app):
        yield app


@asynccontextmanager
async def intake_world(postgres: PostgresServer, folder: Path, **changes: Any) -> AsyncIterator["Intake"]:
    """A database, keys and a running application of one test module."""
    keys = write_keys(folder)
    url = await postgres.create_database("intake")
    database = await intake_database(url)
    given = settings(keys, **changes)
    transport = httpx.ASGITransport
    async with running(url, given) as app, httpx.AsyncClient(transport=transport(app), base_url="http://motcua.test") as http:
        yield Intake(database, http, given, keys)
    await database.dispose()


@dataclass
class Intake:
    """One running intake with its database; `tell` brings events as the consumer would, without a broker."""

    database: AsyncEngine
    http: httpx.AsyncClient
    settings: IntakeSettings
    keys: dict[str, Path]
    sequences: dict[tuple[str, str], int] = field(default_factory=dict)

    async def post(
        self, path: str, body: object, *, clerk: str = "hoa", version: int | None = None, key: str | None = None
    ) -> httpx.Response:
        headers = headers_for(clerk, NOW, version=version)
        return await self.http.post(f"/api/intake{path}", json=body, headers=headers | ({"Idempotency-Key": key} if key else {}))

    async def get(self, path: str, *, clerk: str = "hoa") -> httpx.Response:
        return await self.http.get(f"/api/intake{path}", headers=headers_for(clerk, NOW))

    async def take_in(self, **changes: Any) -> dict[str, Any]:
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

    async def track(self, taken: dict[str, Any], **headers: str) -> httpx.Response:
        given = {"code": taken["code"] or taken["submission_number"], "secret": taken["secret"]}
        return await self.http.get("/api/intake/track", params=given, headers=headers)

    async def told(self, subject: str, topic: str = "intake.dossiers.%") -> list[tuple[int, str]]:
        """(sequence, what happened) of what lies in the outbox about it."""
        query = "SELECT sequence, type FROM outbox WHERE aggregateid = :id AND aggregatetype LIKE :topic ORDER BY position"
        return [(row.sequence, row.type.split(".")[4]) for row in await self.rows(query, id=subject, topic=topic)]

    async def tell(self, subject: str, *events: Event, again: bool = False) -> None:
        """One batch; `again` sends the last number of that publisher and subject once more."""
        records = [self.record(subject, event, again=again) for event in events]
        await self.work(records)

    async def work(self, records: Sequence[Record]) -> None:
        await Engine(self.database, opened(self.settings.keys), lambda: NOW).process(Work(records))

    def record(self, subject: str, event: Event, *, again: bool = False) -> Record:
        owner = event.TOPIC.owner
        number = self.sequences.get((owner, subject), 0) + (0 if again else 1)
        self.sequences[owner, subject] = number
        attributes = Attributes(str(uuid4()), owner, event.TYPE, subject, NOW, number)
        topic = event.TOPIC.names()[0]
        return Record(topic, 0, next(_offsets), subject.encode(), event.model_dump_json().encode(), attributes.headers())

    async def waiting(self, subject: str) -> list[tuple[str, str]]:
        """(state, reason) of what could not be applied."""
        query = "SELECT state, reason FROM parking_lot WHERE subject = :id ORDER BY sequence"
        return [(row.state, row.reason) for row in await self.rows(query, id=subject)]

    async def decided(self, **changes: Any) -> dict[str, Any]:
        """A dossier all the way to its result, in version 4."""
        taken = await self.take_in(**changes)
        await self.tell(taken["id"], opened_case(taken), decided_case(taken))
        return taken


def new_dossier(**changes: Any) -> dict[str, Any]:
    """Land at the district, all papers there, unless changed."""
    given: dict[str, Any] = {
        "unit": DISTRICT,
        "procedure": LAND,
        "applicant": APPLICANT,
        "hand_over": "counter",
        "accept": True,
    } | changes
    return {"papers": papers_of(given["procedure"])} | given


@cache
def _papers() -> dict[str, list[str]]:
    procedures = [entity for entity in entities() if isinstance(entity, ProcedureV1)]
    return {procedure.code: [paper.code for paper in procedure.versions[-1].papers] for procedure in procedures}


def papers_of(procedure: str) -> list[str]:
    """The codes of all papers that its newest version asks for; none of an unknown one."""
    return list(_papers().get(procedure, []))


INCOMPLETE: Final = [code for code in papers_of(LAND) if code != MISSING]


def _case(taken: dict[str, Any]) -> dict[str, Any]:
    here = UnitRef(id=DISTRICT, name="Bộ phận Một cửa huyện Hà An")
    procedure = ProcedureRef(code=LAND, version=1, title="Chuyển quyền", field="dat-dai", field_title="Đất đai")
    common = {"code": taken["code"], "receiving_unit": here, "competent_unit": here, "procedure": procedure}
    return common | {"promised_at": taken["promised_at"], "at": NOW}


def opened_case(taken: dict[str, Any]) -> CaseOpenedV1:
    return CaseOpenedV1(**_case(taken))


def decided_case(taken: dict[str, Any], outcome: Outcome = Outcome.GRANTED) -> CaseDecidedV1:
    return CaseDecidedV1(**_case(taken), outcome=outcome, result_number="12/QĐ-UBND", by="cb006")


def collected(keys: dict[str, Path], **changes: Any) -> DossierCollectedV1:
    """What the post tells of a sealed parcel, its applicant encrypted for intake."""
    public = ECKey.import_key(json.loads(keys["intake_key_file"].read_text()))
    applicant = jwe.encrypt_compact(
        {"alg": "ECDH-ES", "enc": "A256GCM"}, json.dumps(APPLICANT).encode(), public, algorithms=["ECDH-ES", "A256GCM"]
    )
    given: dict[str, Any] = {
        "unit": DISTRICT,
        "postal_unit": POST_OFFICE,
        "procedure": INSURANCE_CARD,
        "papers": [PaperRef(code=code, title=code) for code in papers_of(INSURANCE_CARD)],
        "applicant": applicant,
        "collected_at": NOW,
    }
    return DossierCollectedV1(**given | changes)


def dispatched() -> ShipmentDispatchedV1:
    return ShipmentDispatchedV1(tracking="VN123", at=NOW)


def delivered() -> ShipmentDeliveredV1:
    return ShipmentDeliveredV1(tracking="VN123", delivered_at=NOW)


def read_by_post(keys: dict[str, Path], token: str) -> dict[str, Any]:
    """What the post reads of an order's recipient."""
    private = ECKey.import_key(json.loads(keys["post_private"].read_text()))
    text_read = jwe.decrypt_compact(token, private, algorithms=["ECDH-ES", "A256GCM"]).plaintext
    assert text_read is not None
    return dict(json.loads(text_read))
