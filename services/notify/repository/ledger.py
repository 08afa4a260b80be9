"""The readers' side of the ledger: lists in an order that puts what needs a person first, counts, one message with its attempts.

A list is read on from the key of the last line read, so it stays steady while new messages come.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.topics import CONTACTS
from services.notify.domain.ledger import Attempt, LedgerFilter, LedgerKey, LedgerLine, Units
from services.notify.domain.message import Outcome, State
from services.notify.repository.messages import contact_of, message_of

_WITH_CONTACT: Final = """
    SELECT m.*, m.due_at - now() AS due_in, c.version AS contact_version, c.value AS contact,
           (SELECT max(a.contact_version) FROM attempt a WHERE a.message = m.id AND a.outcome = 'accepted') AS sent_to
    FROM ({rows}) AS m LEFT JOIN state_copy c ON c.topic = '{contacts}' AND c.id = m.dossier
    ORDER BY {order}
"""
# That of LedgerKey.
_ORDER: Final = "(m.state = 'failed') DESC, m.queued_at DESC, m.id DESC"
# By index message_list or message_unit_list: a few rows of each state, from where the page before ended.
_LIST: Final = """
    SELECT listed.*
    FROM unnest(CAST(:states AS text[]), CAST(:ats AS timestamptz[]), CAST(:ids AS text[])) AS start (state, at, id)
    CROSS JOIN LATERAL (
        SELECT * FROM message r
        WHERE r.state = start.state AND (r.queued_at, r.id) < (start.at, start.id) {where}
        ORDER BY r.queued_at DESC, r.id DESC LIMIT :limit
    ) AS listed ORDER BY (listed.state = 'failed') DESC, listed.queued_at DESC, listed.id DESC LIMIT :limit
"""
_IN_UNITS: Final = "AND r.unit = ANY(:units)"
_OF_TYPE: Final = "AND r.fact_type = :fact_type"
# By indexes message_code, message_submission_number and message_once; a dossier has a handful.
_OF_DOSSIER: Final = """
    SELECT * FROM message r
    WHERE r.state = ANY(:states) {named} {where}
"""
_REFERENCE: Final = "AND (r.code = :reference OR r.submission_number = :reference OR r.dossier = :reference)"
_DOSSIER: Final = "AND r.dossier = :dossier"
_BY_ID: Final = "SELECT * FROM message r WHERE r.id = :id"
_ATTEMPTS: Final = text("SELECT * FROM attempt WHERE message = :id ORDER BY number")
# The settled by primary key of message_count; the open ones, which are few, by index message_due.
_COUNT: Final = """
    SELECT r.fact_type, r.state, CAST(sum(r.number) AS bigint) AS number FROM message_count r WHERE true {where}
    GROUP BY r.fact_type, r.state
    UNION ALL SELECT r.fact_type, r.state, count(*) FROM message r WHERE r.state IN ('queued', 'sending') {where}
    GROUP BY r.fact_type, r.state
"""
# By index message_due: what is open is little.
_OLDEST: Final = "SELECT min(r.queued_at) FROM message r WHERE r.state IN ('queued', 'sending') {where}"


async def lines(
    connection: AsyncConnection, units: Units, wanted: LedgerFilter, after: LedgerKey | None, limit: int
) -> list[LedgerLine]:
    """At most `limit` lines behind the key `after`, in the order of the keys; the filter names no dossier."""
    where, values = _where(units, wanted)
    return await _lines(connection, _LIST.format(where=where), _ORDER, values | _starts(wanted, after) | {"limit": limit})


async def lines_of_dossier(connection: AsyncConnection, units: Units, wanted: LedgerFilter) -> list[LedgerLine]:
    """All messages about the dossier that the filter names, oldest first."""
    where, values = _where(units, wanted)
    named, values = "", values | {"states": list(wanted.states)}
    if wanted.reference is not None:
        named, values = _REFERENCE, values | {"reference": wanted.reference}
    if wanted.dossier is not None:
        named, values = f"{named} {_DOSSIER}", values | {"dossier": wanted.dossier}
    return await _lines(connection, _OF_DOSSIER.format(named=named, where=where), "m.sequence, m.id", values)


async def line(connection: AsyncConnection, message: str) -> LedgerLine | None:
    return next(iter(await _lines(connection, _BY_ID, "m.id", {"id": message})), None)


async def attempts(connection: AsyncConnection, message: str) -> list[Attempt]:
    rows = await connection.execute(_ATTEMPTS, {"id": message})
    return [
        Attempt(number=row.number, started_at=row.started_at, ended_at=row.ended_at, outcome=row.outcome, detail=row.detail)
        for row in rows
    ]


async def counts(connection: AsyncConnection, units: Units) -> dict[str, dict[Outcome, int]]:
    """By fact type and outcome; what there is none of is left out."""
    numbers: dict[str, dict[Outcome, int]] = {}
    for row in await connection.execute(text(_COUNT.format(where=_scope(units))), _units(units)):
        outcome = next(outcome for outcome in Outcome if row.state in outcome.states)
        by_outcome = numbers.setdefault(row.fact_type, {})
        by_outcome[outcome] = by_outcome.get(outcome, 0) + row.number
    return {fact_type: {o: n for o, n in of_type.items() if n} for fact_type, of_type in numbers.items() if any(of_type.values())}


async def oldest_waiting(connection: AsyncConnection, units: Units) -> datetime | None:
    oldest: datetime | None = await connection.scalar(text(_OLDEST.format(where=_scope(units))), _units(units))
    return oldest


def _scope(units: Units) -> str:
    return "" if units is None else _IN_UNITS


def _units(units: Units) -> dict[str, Any]:
    return {} if units is None else {"units": sorted(units)}


def _where(units: Units, wanted: LedgerFilter) -> tuple[str, dict[str, Any]]:
    if wanted.fact_type is None:
        return _scope(units), _units(units)
    return f"{_scope(units)} {_OF_TYPE}", _units(units) | {"fact_type": wanted.fact_type}


async def _lines(connection: AsyncConnection, rows: str, order: str, values: dict[str, Any]) -> list[LedgerLine]:
    return [_line(row) for row in await connection.execute(_statement(rows, order), values)]


def _statement(rows: str, order: str) -> TextClause:
    return text(_WITH_CONTACT.format(rows=rows, contacts=CONTACTS.base, order=order))


def _line(row: Any) -> LedgerLine:
    contact = None if row.contact_version is None else contact_of(row.contact_version, row.contact)
    return LedgerLine(message_of(row), contact, row.sent_to, row.due_in)


def _starts(wanted: LedgerFilter, after: LedgerKey | None) -> dict[str, list[str]]:
    """Per state, the key below which to read on: the end of the list for those not begun, nothing of those done with."""
    failed, at, ident = (True, "infinity", "") if after is None else (after.failed, after.queued_at.isoformat(), after.id)
    begun = [state for state in wanted.states if failed or state is not State.FAILED]
    starts = [(at, ident) if (state is State.FAILED) is failed else ("infinity", "") for state in begun]
    return {"states": list(begun), "ats": [start for start, _ in starts], "ids": [ident for _, ident in starts]}
