"""Reads at the end what the services, the topics and the outside world hold, past everything that could lie about it.

Databases and the broker are asked directly, not through the proxies; applicants' names through the front door, as clerks do.
"""

import sqlite3
import time
from collections.abc import Mapping
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from bench.lifecycle.cast import Cast
from cli import http
from cli.reconcile import settled_finding
from cli.session import Session
from contracts.services import SERVICES
from contracts.topics import SHIPMENTS
from deploy.local.outcome import Stopped
from deploy.local.topology import Program
from tests.support.chaos.evidence import Aggregate, Case, Dossier, Evidence, Mail, Message, Notice, Parcel, ReportedDossier
from tests.support.chaos.follower import Follower

STORE: Final = "files/post-office/post-office/book.sqlite3"
READY_WITHIN: Final = 60.0
PAUSE: Final = 0.5
Rows = list[dict[str, Any]]


class Inspection:
    """Of one installation that is at rest."""

    def __init__(self, session: Session, cast: Cast, follower: Follower) -> None:
        self._session, self._cast, self._follower = session, cast, follower
        self._urls = {name: url.replace("+psycopg", "") for name, url in session.plan.database_urls().items()}

    def read(self) -> Evidence:
        dossiers = self._dossiers()
        messages = self._rows("notify", "SELECT id, dossier, sequence, state, attempt FROM message")
        notices = self._rows("intake", "SELECT dossier, sequence FROM history WHERE notice")
        return Evidence(
            dossiers=dossiers,
            cases={row["id"]: Case(**row) for row in self._rows("routing", _CASES)},
            reported={row["id"]: ReportedDossier(**row) for row in self._rows("reporting", _REPORTED)},
            facts=self._follower.facts,
            versions=self._versions(),
            counters={(row["unit"], row["day"]): row["last"] for row in self._rows("intake", _COUNTERS)},
            notices=frozenset(map(_notice, notices)),
            messages=[
                Message(id=row["id"], notice=_notice(row), state=row["state"], attempts=row["attempt"]) for row in messages
            ],
            mails=self._mails(),
            orders={row["id"]: row["code"] for row in self._rows("intake", "SELECT id, code FROM post_order WHERE version > 0")},
            parcels=[Parcel(row["order"], row["code"], row["delivered_at"] is not None) for row in self._parcels()],
            guidance=frozenset(row["id"] for row in self._rows("intake", "SELECT id FROM guidance")),
            reported_guidance=frozenset(row["id"] for row in self._rows("reporting", "SELECT id FROM guidance")),
            answers={row["key"]: row["id"] for row in self._rows("intake", _ANSWERS)},
            parked=[sentence for service in SERVICES for sentence in self._parked(service)],
            unready=self._unready(),
            differences=self._differences(),
        )

    def _rows(self, service: str, query: str) -> Rows:
        with psycopg.connect(self._urls[service], row_factory=dict_row) as connection:
            return connection.execute(query).fetchall()

    def _dossiers(self) -> dict[str, Dossier]:
        marks = self._marks()
        return {row["id"]: Dossier(**row, mark=marks.get(row["id"], "")) for row in self._rows("intake", _DOSSIERS)}

    def _marks(self) -> dict[str, str]:
        """By dossier, the last word of the applicant's name, in small letters: the lists of every unit, to their end."""
        marks = dict[str, str]()
        clerks = {desk.unit: desk.clerk for desk in self._cast.desks}
        with http.client(self._session.base_url) as client:
            for unit, clerk in clerks.items():
                name, _, value = self._cast.authorization[clerk].strip().partition(": ")
                query: dict[str, str] = {"unit": unit}
                while True:
                    answer = client.get("/api/intake/dossiers", params=query, headers={name: value}).raise_for_status().json()
                    marks |= {row["id"]: (row["applicant_name"] or "").split(" ")[-1].lower() for row in answer["dossiers"]}
                    if not answer["next"]:
                        break
                    query["after"] = answer["next"]
        return marks

    def _versions(self) -> Mapping[Aggregate, int]:
        versions = {(service, row["id"]): row["version"] for service, query in _VERSIONS for row in self._rows(service, query)}
        return versions | {
            (SHIPMENTS.owner, row["subject"]): row["last"] for row in self._store("SELECT * FROM subject_sequence")
        }

    def _parcels(self) -> Rows:
        return self._store('SELECT "order", code, delivered_at FROM parcel')

    def _store(self, query: str) -> Rows:
        file = self._session.site.data / STORE
        connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        try:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query)]
        finally:
            connection.close()

    def _mails(self) -> list[Mail]:
        with http.client(self._session.base_url) as client:
            kept = client.get("/mail/messages").raise_for_status().json()["messages"]
        return [
            Mail(mail["message_id"].strip("<>").partition("@")[0], to.partition("@")[0]) for mail in kept for to in mail["to"]
        ]

    def mail_counts(self) -> tuple[int, int]:
        """How many mails the mailbox has, and how many different ones."""
        with http.client(self._session.base_url) as client:
            summary = client.get("/mail").raise_for_status().json()
        return summary["count"], summary["distinct_message_ids"]

    def _parked(self, service: str) -> list[str]:
        foreign = self._follower.foreign
        return [
            f"{row['subject']} of {row['source']} is {row['state']} in {service}: {row['reason'][:200]}"
            for row in self._rows(service, _PARKED)
            if (row["topic"], row["partition"], row["offset"]) not in foreign
        ]

    def _unready(self) -> list[str]:
        """Which processes still say that they make no progress, though everything has been whole for a while, and why."""
        waiting = {program.name: program for program in self._session.plan.programs() if program.part.database}
        deadline, reasons = time.monotonic() + READY_WITHIN, dict[str, str]()
        while waiting and time.monotonic() < deadline:
            reasons = {name: _why_not_ready(program) for name, program in waiting.items()}
            waiting = {name: program for name, program in waiting.items() if reasons[name]}
            time.sleep(PAUSE)
        return [f"{name} is not ready: {reasons[name]}" for name in waiting]

    def _differences(self) -> list[str]:
        try:
            rows = settled_finding(self._session).differences
        except Stopped as stopped:
            return [f"reconcile could not compare: {stopped}"]
        return [f"{row.view} {row.key}: {row.owner} {row.ours}, {row.other} {row.theirs}" for row in rows]


def _why_not_ready(program: Program) -> str:
    """Nothing if it is."""
    assert program.socket is not None
    try:
        with http.over_socket(program.socket) as process:
            answer = process.get(program.part.health)
    except http.Unreachable as error:
        return repr(error)
    return "" if answer.is_success else answer.text[:300]


def _notice(row: Mapping[str, Any]) -> Notice:
    return Notice(row["dossier"], row["sequence"])


_DOSSIERS: Final = "SELECT id, unit_id AS unit, code, status, version, outcome, result_number FROM dossier"
_CASES: Final = "SELECT id, code, version, outcome, result_number FROM routing_case"
_REPORTED: Final = "SELECT id, code, status, outcome, intake_sequence, case_sequence FROM dossier"
_COUNTERS: Final = "SELECT unit, to_char(day, 'YYMMDD') AS day, last FROM code_counter"
_ANSWERS: Final = "SELECT key, answer ->> 'id' AS id FROM command WHERE status < 300 AND answer ? 'id'"
_PARKED: Final = 'SELECT source, subject, state, reason, topic, partition, "offset" FROM parking_lot'
_VERSIONS: Final = (
    ("intake", "SELECT id, version FROM dossier"),
    ("intake", "SELECT id, version FROM guidance"),
    ("intake", "SELECT id, version FROM post_order WHERE version > 0"),
    ("routing", "SELECT id, version FROM routing_case"),
    ("notify", "SELECT id, version FROM message WHERE version > 0"),
)
