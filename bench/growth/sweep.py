"""Asks every question of a running installation, one after the other, and times the answers; then mints codes one at a time."""

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

import psycopg

from bench.growth.routes import CLERK, NOBODY, OPERATOR, QUESTIONS, Question
from bench.installation import Installation
from bench.lifecycle.figures import quantile
from cli.demo.people import applicant
from cli.directory_import import SAMPLE_PASSWORD
from cli.http import Client, client
from cli.session import Session
from contracts.civil import civil_day
from deploy.local.outcome import ExitCode, Stopped
from services.intake.adapters.keys import Keys
from services.intake.adapters.seal import open_applicant, open_secret

WARM, TIMES = 3, 20
LONG_SECONDS: Final = 5.0
"""What takes that long altogether is asked no more often."""
MINTED: Final = "POST /api/intake/dossiers"
# A dossier in the middle of the unit's past, decided; whose clerk and leader take part.
_SOMEBODY: Final = """
    SELECT d.id, d.code, d.submission_number, d.unit_id, d.procedure ->> 'code', p.sealed, p.secret_sealed
    FROM dossier d JOIN person p ON p.dossier = d.id
    WHERE d.unit_id = %s AND d.competent_id = d.unit_id AND d.status = 10 AND d.lane <> 'post'
    ORDER BY d.submitted_at DESC OFFSET 100 LIMIT 1
"""
_MESSAGE: Final = "SELECT id FROM message WHERE dossier = %s LIMIT 1"


@dataclass(frozen=True, kw_only=True)
class Timing:
    p50: float
    p95: float


class Asked(Exception):  # noqa: N818 -- what came of a question
    """A question was answered with something else than a page."""

    def __init__(self, question: Question, status: int, body: str) -> None:
        super().__init__(f"{question.name} as {question.who or 'nobody'}: HTTP {status} {body[:300]}")


def sweep(made: Installation, keys: Keys, unit: str) -> dict[str, Timing]:
    """By the name of the question and who asked. Raises Stopped when one is not answered with a page."""
    values = _values(made, keys, unit)
    people = {who: _client(made.session, who) for who in {question.who for question in QUESTIONS}}
    timings = {}
    try:
        for question in QUESTIONS:
            timings[f"{question.name} ({question.who or 'nobody'})"] = _timed(people[question.who], question, values)
        timings[MINTED] = _minted(made.session, values)
    except Asked as answer:
        raise Stopped(
            ExitCode.REFUSED_BY_SERVICE, vi="Một trang không trả lời.", en="A page did not answer.", detail=str(answer)
        ) from None
    finally:
        for person in people.values():
            person.close()
    return timings


def _timed(person: Client, question: Question, values: Mapping[str, str]) -> Timing:
    path = question.path.format(**values)
    query = "&".join(
        f"{name}={quote(value.format(**values))}"
        for name, _, value in (part.partition("=") for part in question.query.split("&") if part)
    )
    seconds: list[float] = []
    while len(seconds) < WARM + TIMES and (len(seconds) <= WARM or sum(seconds) < LONG_SECONDS):
        began = time.perf_counter()
        answer = person.get(f"{path}?{query}" if query else path, follow_redirects=True)
        seconds.append(time.perf_counter() - began)
        if answer.is_error:
            raise Asked(question, answer.status_code, answer.text)
    return timing(seconds[WARM:])


def timing(seconds: list[float]) -> Timing:
    return Timing(p50=quantile(seconds, 50) or 0.0, p95=quantile(seconds, 95) or 0.0)


def _minted(session: Session, values: Mapping[str, str]) -> Timing:
    """A dossier taken in at the counter, which mints the next code of its unit's day."""
    with _client(session, CLERK) as clerk:
        (procedure,) = (
            p for p in clerk.get("/api/directory/procedures").json()["procedures"] if p["code"] == values["procedure"]
        )
        papers = [paper["code"] for paper in procedure["papers"] if paper["required"]]
        chance, seconds = random.Random(), []  # noqa: S311 -- made-up people
        for number in range(WARM + TIMES):
            body = {"unit": values["unit"], "procedure": values["procedure"], "applicant": applicant(chance), "papers": papers}
            began = time.perf_counter()
            answer = clerk.post(
                "/api/intake/dossiers", json=body, headers={"Idempotency-Key": f"growth-{datetime.now(UTC).isoformat()}-{number}"}
            )
            seconds.append(time.perf_counter() - began)
            if not answer.is_success:
                raise Asked(Question(MINTED), answer.status_code, answer.text)
    return timing(seconds[WARM:])


def _client(session: Session, who: str) -> Client:
    if who == NOBODY:
        return client(session.base_url)
    return session.client() if who == OPERATOR else session.client(who, SAMPLE_PASSWORD)


def _values(made: Installation, keys: Keys, unit: str) -> dict[str, str]:
    plan = made.session.plan
    with psycopg.connect(plan.database_url("intake").replace("+psycopg", "")) as intake:
        row: Any = intake.execute(_SOMEBODY, [unit]).fetchone()
    with psycopg.connect(plan.database_url("notify").replace("+psycopg", "")) as notify:
        message: Any = notify.execute(_MESSAGE, [row[0]]).fetchone()
    person = open_applicant(keys, row[0], row[5])
    today = civil_day(datetime.now(UTC))
    return {
        "dossier": row[0],
        "case": row[0],
        "code": row[1],
        "number": row[2],
        "unit": row[3],
        "procedure": row[4],
        "identity": person.identity_number,
        "name": person.name,
        "telephone": person.telephone or "0912345678",
        "secret": open_secret(keys, row[0], row[6]),
        "message": message[0],
        "month": f"{today - timedelta(days=30)}",
        "year": f"{today - timedelta(days=340)}",
        "tomorrow": f"{today + timedelta(days=1)}",
        "as_of": (datetime.now(UTC) - timedelta(days=30)).isoformat(),
    }
