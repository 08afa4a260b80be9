"""The four calls on the database. A command is one transaction: two round trips, because the code must be known to be written."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from psycopg import AsyncConnection
from psycopg.rows import TupleRow, dict_row
from psycopg_pool import AsyncConnectionPool

from bench.lifecycle.floor import rows
from bench.lifecycle.floor.http import Answer, Asked
from bench.lifecycle.floor.rows import LANE, UNIT_NAME, dumps

Pool = AsyncConnectionPool[AsyncConnection[TupleRow]]
DOSSIER: Final = (
    "id", "lane", "version", "status", "returned", "submission_number", "unit_id", "unit_name", "procedure", "channel",
    "hand_over", "papers", "missing", "submitted_at", "changed_at", "contact_version", "code", "competent_id", "competent_name",
    "fee", "accepted_at", "promised_at", "explanation",
)  # fmt: skip
PERSON: Final = ("dossier", "sealed", "identity_index", "telephone_index", "secret_sealed", "secret_index")
HISTORY: Final = ("dossier", "sequence", "type", "at", "by", "notice", "data")
COMMAND: Final = ("key", "actor", "fingerprint", "status", "answer", "at")
STEP: Final = ("case_id", "number", "act", "at", "by", "by_name", "officer", "officer_name")
SEALED, HASH, SECRET = 192, 32, 38


def insert(table: str, columns: tuple[str, ...], lines: int = 1) -> str:
    line = f"({', '.join(['%s'] * len(columns))})"
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([line] * lines)}"


COUNT: Final = """INSERT INTO code_counter (unit, day, last) VALUES (%s, %s, 1)
    ON CONFLICT (unit, day) DO UPDATE SET last = code_counter.last + 1 RETURNING last"""
_DOSSIER: Final = insert("dossier", DOSSIER)
_PERSON: Final = insert("person", PERSON)
_HISTORY: Final = insert("history", HISTORY, 2)
_COMMAND: Final = insert("command", COMMAND)
_OUTBOX_OF_THREE: Final = insert("outbox", rows.OUTBOX, 3)
_OUTBOX: Final = insert("outbox", rows.OUTBOX)
_STEP: Final = insert("case_step", STEP)
_CASE: Final = "SELECT * FROM routing_case WHERE id = %s"
_STEPS: Final = "SELECT number, act, at, by, officer FROM case_step WHERE case_id = %s ORDER BY number"
_LOCK: Final = "SELECT code, competent_unit, promised_at, procedure FROM routing_case WHERE id = %s FOR UPDATE"
_DECIDE: Final = """UPDATE routing_case SET version = 3, outcome = %s, result_number = %s, decided_at = %s, decided_by = 'cb006',
    decided_by_name = 'Nguyễn Lương Khải Minh' WHERE id = %s"""
# By index dossier_code, as the product does.
_FIND: Final = """SELECT d.id, d.version, d.status, d.returned, d.code, d.submission_number, d.procedure, d.channel, d.hand_over,
    d.submitted_at, d.promised_at, d.decided_at, p.sealed FROM dossier d LEFT JOIN person p ON p.dossier = d.id
    WHERE d.unit_id = %s AND d.code = %s ORDER BY d.submitted_at DESC, d.id DESC LIMIT 51"""


class Calls:
    """`written` is called when the outbox has something."""

    def __init__(self, pool: Pool, written: Callable[[], None]) -> None:
        self.pool = pool
        self.written = written

    async def answer(self, asked: Asked) -> Answer:
        path = urlsplit(asked.path)
        match asked.method, path.path.split("/")[2:]:
            case "POST", ["intake", "dossiers"]:
                return await self._receive(json.loads(asked.body))
            case "GET", ["intake", "dossiers"]:
                query = parse_qs(path.query)
                return await self._find(query["unit"][0], query["q"][0])
            case "GET", ["routing", "cases", dossier]:
                return await self._case(dossier)
            case "POST", ["routing", "cases", dossier, "decide"]:
                return await self._decide(dossier, json.loads(asked.body))
            case _:
                return 404, b"{}"

    async def _receive(self, asked: dict[str, Any]) -> Answer:
        now, dossier = datetime.now(UTC), f"d-{uuid4().hex}"
        promised, number = now + timedelta(days=7), f"S{now:%y%m%d}-{uuid4().hex[:11]}"
        answer = {"id": dossier, "version": 2, "status": 2, "stage": "accepted", "submission_number": number}
        fact = rows.dossier_fact(asked, number, now)
        async with self.pool.connection() as database, database.pipeline():
            counted = await database.execute(COUNT, (asked["unit"], now.date()))
            (last,) = await counted.fetchone() or (0,)
            code = f"{asked['unit']}-{now:%y%m%d}-{last:04}"
            accepted = fact | rows.acceptance(code, promised, now)
            answer |= {"code": code, "promised_at": promised.isoformat()}
            await database.execute(_DOSSIER, _dossier(dossier, asked, accepted, now, promised))
            await database.execute(_PERSON, person_row(dossier))
            await database.execute(_HISTORY, _history(dossier, accepted, now))
            await database.execute(_COMMAND, command_row(201, answer, now))
            await database.execute(_OUTBOX_OF_THREE, _outbox(dossier, asked, fact, accepted, now))
        self.written()
        return 201, dumps(answer)

    async def _case(self, dossier: str) -> Answer:
        async with self.pool.connection() as database, database.pipeline():
            case_cursor = await database.cursor(row_factory=dict_row).execute(_CASE, (dossier,))
            steps_cursor = await database.cursor(row_factory=dict_row).execute(_STEPS, (dossier,))
            case, steps = await case_cursor.fetchone(), await steps_cursor.fetchall()
        if case is None:
            return 404, b"{}"
        return 200, json.dumps(case | {"history": steps}, ensure_ascii=False, default=str).encode()

    async def _decide(self, dossier: str, asked: dict[str, Any]) -> Answer:
        now = datetime.now(UTC)
        answer = {"id": dossier, "version": 3, "state": "decided"}
        async with self.pool.connection() as database, database.pipeline():
            locked = await (await database.execute(_LOCK, (dossier,))).fetchone()
            if locked is None:
                return 404, b"{}"
            code, competent, promised, procedure = locked
            fact = {"code": code, "competent_unit": competent, "promised_at": promised.isoformat(), "procedure": procedure}
            fact |= {"at": now.isoformat(), **asked, "by": rows.OFFICER, "by_name": rows.OFFICER_NAME}
            step = (dossier, 3, "decided", now, rows.OFFICER, rows.OFFICER_NAME, rows.OFFICER, rows.OFFICER_NAME)
            message = rows.message(f"routing.cases.{LANE}", dossier, "vn.motcua.routing.case.decided.v1", 3, fact, now)
            await database.execute(_DECIDE, (asked["outcome"], asked["result_number"], now, dossier))
            await database.execute(_STEP, step)
            await database.execute(_COMMAND, command_row(200, answer, now))
            await database.execute(_OUTBOX, message)
        self.written()
        return 200, dumps(answer)

    async def _find(self, unit: str, code: str) -> Answer:
        async with self.pool.connection() as database:
            lines = await (await database.cursor(row_factory=dict_row).execute(_FIND, (unit, code))).fetchall()
        for line in lines:
            del line["sealed"]
        return 200, json.dumps({"dossiers": lines, "next": None}, ensure_ascii=False, default=str).encode()


def _dossier(dossier: str, asked: dict[str, Any], accepted: dict[str, Any], now: datetime, promised: datetime) -> tuple[Any, ...]:
    unit, competent = asked["unit"], rows.COMPETENT
    procedure, papers = dumps(accepted["procedure"]).decode(), dumps(accepted["papers"]).decode()
    return (
        dossier, LANE, 2, 2, False, accepted["submission_number"], unit, UNIT_NAME, procedure, "counter", "counter",
        papers, "[]", now, now, 1, accepted["code"], competent["id"], competent["name"], 135000,
        now, promised, rows.EXPLANATION,
    )  # fmt: skip


def person_row(dossier: str) -> tuple[Any, ...]:
    return (dossier, os.urandom(SEALED), os.urandom(HASH), os.urandom(HASH), os.urandom(SECRET), os.urandom(HASH))


def _history(dossier: str, accepted: dict[str, Any], now: datetime) -> tuple[Any, ...]:
    kinds = (
        ("vn.motcua.intake.dossier.submitted.v1", False, ("papers",)),
        (rows.ACCEPTED, True, ("papers", "fee", "accepted_at")),
    )
    return tuple(
        value
        for sequence, (kind, notice, names) in enumerate(kinds, 1)
        for value in (dossier, sequence, kind, now, "cb005", notice, dumps({name: accepted[name] for name in names}).decode())
    )


def command_row(status: int, answer: dict[str, Any], now: datetime) -> tuple[Any, ...]:
    return (str(uuid4()), "cb005", uuid4().hex * 2, status, dumps(answer).decode(), now)


def _outbox(
    dossier: str, asked: dict[str, Any], submitted: dict[str, Any], accepted: dict[str, Any], now: datetime
) -> tuple[Any, ...]:
    contact = {name: asked["applicant"].get(name) for name in ("name", "email", "telephone")}
    return (
        *rows.message(f"intake.contacts.{LANE}", dossier, "vn.motcua.intake.contact.changed.v1", 1, contact, now),
        *rows.message(f"intake.dossiers.{LANE}", dossier, "vn.motcua.intake.dossier.submitted.v1", 1, submitted, now),
        *rows.message(f"intake.dossiers.{LANE}", dossier, rows.ACCEPTED, 2, accepted, now),
    )
