"""Taking in by the other door: what a citizen submits has no code until a clerk accepts it. Two commands, a transaction each."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

from bench.lifecycle.floor import rows
from bench.lifecycle.floor.commands import COMMAND, COUNT, HISTORY, PERSON, Calls, command_row, insert, person_row
from bench.lifecycle.floor.http import Answer, Asked
from bench.lifecycle.floor.rows import LANE, UNIT_NAME, dumps

SUBMITTED: Final = (
    "id", "lane", "version", "status", "returned", "submission_number", "unit_id", "unit_name", "procedure", "channel",
    "hand_over", "papers", "missing", "submitted_at", "changed_at", "contact_version", "fee",
)  # fmt: skip
SUBMITTED_TYPE: Final = "vn.motcua.intake.dossier.submitted.v1"
_DOSSIER: Final = insert("dossier", SUBMITTED)
_PERSON: Final = insert("person", PERSON)
_HISTORY: Final = insert("history", HISTORY)
_COMMAND: Final = insert("command", COMMAND)
_OUTBOX: Final = insert("outbox", rows.OUTBOX)
_OUTBOX_OF_TWO: Final = insert("outbox", rows.OUTBOX, 2)
_LOCK: Final = "SELECT unit_id, submission_number, procedure, papers FROM dossier WHERE id = %s FOR UPDATE"
_ACCEPT: Final = """UPDATE dossier SET version = 2, status = 2, changed_at = %s, code = %s,
    competent_id = %s, competent_name = %s, fee = %s, accepted_at = %s, promised_at = %s, explanation = %s WHERE id = %s"""


class OnlineCalls(Calls):
    """All calls, these two among them."""

    async def answer(self, asked: Asked) -> Answer:
        match asked.method, urlsplit(asked.path).path.split("/")[2:]:
            case "POST", ["intake", "submissions"]:
                return await self._submit(json.loads(asked.body))
            case "POST", ["intake", "dossiers", dossier, "accept"]:
                return await self._accept(dossier)
            case _:
                return await super().answer(asked)

    async def _submit(self, asked: dict[str, Any]) -> Answer:
        now, dossier = datetime.now(UTC), f"d-{uuid4().hex}"
        number = f"S{now:%y%m%d}-{uuid4().hex[:11]}"
        answer = {"id": dossier, "version": 1, "status": 1, "stage": "submitted", "submission_number": number}
        fact = rows.dossier_fact(asked, number, now) | {"channel": "online", "by": None}
        contact = {name: asked["applicant"].get(name) for name in ("name", "email", "telephone")}
        messages = (
            *rows.message(f"intake.contacts.{LANE}", dossier, "vn.motcua.intake.contact.changed.v1", 1, contact, now),
            *rows.message(f"intake.dossiers.{LANE}", dossier, SUBMITTED_TYPE, 1, fact, now),
        )
        async with self.pool.connection() as database, database.pipeline():
            await database.execute(_DOSSIER, _submitted(dossier, asked["unit"], fact, now))
            await database.execute(_PERSON, person_row(dossier))
            await database.execute(_HISTORY, _history(dossier, 1, SUBMITTED_TYPE, {"papers": fact["papers"]}, now))
            await database.execute(_COMMAND, command_row(201, answer, now))
            await database.execute(_OUTBOX_OF_TWO, messages)
        self.written()
        return 201, dumps(answer)

    async def _accept(self, dossier: str) -> Answer:
        now = datetime.now(UTC)
        promised = now + timedelta(days=7)
        async with self.pool.connection() as database, database.pipeline():
            locked = await (await database.execute(_LOCK, (dossier,))).fetchone()
            if locked is None:
                return 404, b"{}"
            unit, number, procedure, papers = locked
            counted = await database.execute(COUNT, (unit, now.date()))
            (last,) = await counted.fetchone() or (0,)
            code = f"{unit}-{now:%y%m%d}-{last:04}"
            asked = {"unit": unit, "procedure": procedure["code"], "papers": [paper["code"] for paper in papers]}
            fact = rows.dossier_fact(asked, number, now) | rows.acceptance(code, promised, now) | {"channel": "online"}
            answer = {"id": dossier, "version": 2, "status": 2, "stage": "accepted", "submission_number": number, "code": code}
            competent, fee = rows.COMPETENT, fact["fee"]
            acceptance = (now, code, competent["id"], competent["name"], fee, now, promised, rows.EXPLANATION, dossier)
            data = {name: fact[name] for name in ("papers", "fee", "accepted_at")}
            await database.execute(_ACCEPT, acceptance)
            await database.execute(_HISTORY, _history(dossier, 2, rows.ACCEPTED, data, now))
            await database.execute(_COMMAND, command_row(200, answer, now))
            await database.execute(_OUTBOX, rows.message(f"intake.dossiers.{LANE}", dossier, rows.ACCEPTED, 2, fact, now))
        self.written()
        return 200, dumps(answer | {"promised_at": promised.isoformat()})


def _submitted(dossier: str, unit: str, fact: dict[str, Any], now: datetime) -> tuple[Any, ...]:
    procedure, papers = dumps(fact["procedure"]).decode(), dumps(fact["papers"]).decode()
    return (
        dossier, LANE, 1, 1, False, fact["submission_number"], unit, UNIT_NAME, procedure, "online",
        "counter", papers, "[]", now, now, 1, 0,
    )  # fmt: skip


def _history(dossier: str, sequence: int, kind: str, data: dict[str, Any], now: datetime) -> tuple[Any, ...]:
    return (dossier, sequence, kind, now, "cb005" if sequence > 1 else None, True, dumps(data).decode())
