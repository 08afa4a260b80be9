"""The readers' side of the ledger: lists in an order that puts what needs a person first, counts, one message with its attempts.

`units` None means all of them. A cursor is the place of the last line read, so a list stays steady while new messages come.
"""

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.intake import ContactV1
from contracts.refusal import Invalid
from contracts.topics import CONTACTS
from services.notify.domain.contact import KnownContact
from services.notify.domain.message import Message, Outcome, State
from services.notify.repository.messages import message_of

Units = frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Line:
    """A message with what is known now of whom it is for (None: nobody ever, or not come), and which version it went to."""

    message: Message
    contact: KnownContact | None
    sent_to_version: int | None


@dataclass(frozen=True, slots=True)
class Attempt:
    number: int
    started_at: datetime
    ended_at: datetime | None
    outcome: str
    detail: str | None


@dataclass(frozen=True, slots=True)
class Page:
    lines: list[Line]
    next: str | None


@dataclass(frozen=True, slots=True)
class Search:
    """`sought` is a dossier code, a submission number or a dossier id."""

    sought: str | None = None
    outcome: Outcome | None = None
    fact_type: str | None = None
    after: str | None = None

    def states(self) -> list[str]:
        return [state.value for state in (State if self.outcome is None else self.outcome.states)]


_WITH_CONTACT: Final = """
    SELECT m.*, c.version AS contact_version, c.value AS contact,
           (SELECT max(a.contact_version) FROM attempt a WHERE a.message = m.id AND a.outcome = 'accepted') AS sent_to
    FROM ({rows}) AS m LEFT JOIN state_copy c ON c.topic = '{contacts}' AND c.id = m.dossier
    ORDER BY {order}
"""
# Failed first, then the newest.
_ORDER: Final = "(m.state = 'failed') DESC, m.queued_at DESC, m.id DESC"
# By index message_list or message_unit_list: a few rows of each state, from where the page before ended.
_LIST: Final = """
    SELECT found.*
    FROM unnest(CAST(:states AS text[]), CAST(:ats AS timestamptz[]), CAST(:ids AS text[])) AS wanted (state, at, id)
    CROSS JOIN LATERAL (
        SELECT * FROM message r
        WHERE r.state = wanted.state AND (r.queued_at, r.id) < (wanted.at, wanted.id) {where}
        ORDER BY r.queued_at DESC, r.id DESC LIMIT :most
    ) AS found ORDER BY (found.state = 'failed') DESC, found.queued_at DESC, found.id DESC LIMIT :most
"""
_IN_UNITS: Final = "AND r.unit = ANY(:units)"
_OF_TYPE: Final = "AND r.fact_type = :fact_type"
# By indexes message_code, message_submission_number and message_once; a dossier has a handful.
_FIND: Final = """
    SELECT * FROM message r
    WHERE (r.code = :sought OR r.submission_number = :sought OR r.dossier = :sought) AND r.state = ANY(:states) {where}
"""
_ONE: Final = "SELECT * FROM message r WHERE r.id = :id"
_ATTEMPTS: Final = text("SELECT * FROM attempt WHERE message = :id ORDER BY number")
# By index message_fact_types.
_COUNT: Final = """
    SELECT r.fact_type, r.state, count(*) AS number FROM message r WHERE true {where} GROUP BY r.fact_type, r.state
"""
# By index message_due: what is open is little.
_OLDEST: Final = "SELECT min(r.queued_at) FROM message r WHERE r.state IN ('queued', 'sending') {where}"


async def page(connection: AsyncConnection, units: Units, search: Search, most: int) -> Page:
    """At most `most` lines. A search for one dossier gives all of its messages, oldest first."""
    where, values = _where(units, search)
    if search.sought is not None:
        found = values | {"sought": search.sought, "states": search.states()}
        return Page(await _lines(connection, _FIND.format(where=where), "m.sequence, m.id", found), None)
    wanted = values | _wanted(search) | {"most": most + 1}
    lines = await _lines(connection, _LIST.format(where=where), _ORDER, wanted)
    return Page(lines[:most], _cursor(lines[most - 1].message) if len(lines) > most else None)


async def one(connection: AsyncConnection, ident: str) -> tuple[Line, list[Attempt]] | None:
    found = await _lines(connection, _ONE, "m.id", {"id": ident})
    if not found:
        return None
    rows = await connection.execute(_ATTEMPTS, {"id": ident})
    return found[0], [Attempt(row.number, row.started_at, row.ended_at, row.outcome, row.detail) for row in rows]


async def counts(connection: AsyncConnection, units: Units) -> dict[str, dict[Outcome, int]]:
    """By fact type and outcome."""
    found: dict[str, dict[Outcome, int]] = {}
    for row in await connection.execute(text(_COUNT.format(where=_scope(units))), _units(units)):
        outcome = next(outcome for outcome in Outcome if row.state in outcome.states)
        by_outcome = found.setdefault(row.fact_type, {})
        by_outcome[outcome] = by_outcome.get(outcome, 0) + row.number
    return found


async def oldest_waiting(connection: AsyncConnection, units: Units) -> datetime | None:
    oldest: datetime | None = await connection.scalar(text(_OLDEST.format(where=_scope(units))), _units(units))
    return oldest


def total(by_type: Iterable[dict[Outcome, int]]) -> dict[Outcome, int]:
    found = dict.fromkeys(Outcome, 0)
    for by_outcome in by_type:
        for outcome, number in by_outcome.items():
            found[outcome] += number
    return found


def _scope(units: Units) -> str:
    return "" if units is None else _IN_UNITS


def _units(units: Units) -> dict[str, Any]:
    return {} if units is None else {"units": sorted(units)}


def _where(units: Units, search: Search) -> tuple[str, dict[str, Any]]:
    if search.fact_type is None:
        return _scope(units), _units(units)
    return f"{_scope(units)} {_OF_TYPE}", _units(units) | {"fact_type": search.fact_type}


async def _lines(connection: AsyncConnection, rows: str, order: str, values: dict[str, Any]) -> list[Line]:
    return [_line(row) for row in await connection.execute(_statement(rows, order), values)]


def _statement(rows: str, order: str) -> TextClause:
    return text(_WITH_CONTACT.format(rows=rows, contacts=CONTACTS.base, order=order))


def _line(row: Any) -> Line:
    contact = None
    if row.contact_version is not None:
        contact = KnownContact(row.contact_version, row.contact and ContactV1.model_validate(row.contact))
    return Line(message_of(row), contact, row.sent_to)


def _wanted(search: Search) -> dict[str, list[str]]:
    """Per state, the place below which to read on: the end of the list for those not begun, nothing of those done with."""
    at, ident, failed = "infinity", "", True
    if search.after is not None:
        failed, at, ident = _place(search.after)
    begun = [state for state in search.states() if failed or state != State.FAILED.value]
    places = [(at, ident) if (state == State.FAILED.value) is failed else ("infinity", "") for state in begun]
    return {"states": begun, "ats": [place[0] for place in places], "ids": [place[1] for place in places]}


def _cursor(last: Message) -> str:
    place = [last.state is State.FAILED, last.queued_at.isoformat(), last.id]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _place(cursor: str) -> tuple[bool, str, str]:
    """(among the failed, moment, id); raises Invalid for anything that is not a cursor of ours."""
    refused = Invalid(
        "bad-cursor",
        vi="“after” phải là giá trị “next” của trang trước.",
        en="“after” must be the “next” of the page before.",
        field="after",
    )
    try:
        failed, at, ident = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        moment = datetime.fromisoformat(at)
    except (ValueError, TypeError, binascii.Error) as error:
        raise refused from error
    if not isinstance(failed, bool) or not isinstance(ident, str) or "\x00" in ident or moment.tzinfo is None:
        raise refused
    return failed, moment.isoformat(), ident
