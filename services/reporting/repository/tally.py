"""The daily sums in the database: changed with the dossiers that they count, read up to the days that a question needs."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.statements import Statement
from services.reporting.domain.board import Waiting, summed_for
from services.reporting.domain.definition import Definition
from services.reporting.domain.dossier import Dossier
from services.reporting.domain.figures import Figures, Measure
from services.reporting.domain.period import Period
from services.reporting.domain.tally import AMOUNTS, WAITING, TallyKey, changes, up_to
from services.reporting.repository import past

_KEY: Final = ", ".join(TallyKey._fields)
_AMOUNTS: Final = ", ".join(AMOUNTS)
_ADDED: Final = ", ".join(f"{amount} = t.{amount} + excluded.{amount}" for amount in AMOUNTS)
# By primary key, in key order: two processes that count for the same unit and day take turns. Each row has the names beside it.
_ADD: Final = Statement(f"""
    WITH names AS (
        INSERT INTO tally_name AS n (dimension, key, name)
        SELECT dimension, key, max(name)
        FROM jsonb_to_recordset(CAST(:rows AS jsonb) -> 'names') AS g (dimension text, key text, name text)
        WHERE NOT EXISTS (SELECT FROM tally_name k WHERE k.dimension = g.dimension AND k.key = g.key AND k.name = g.name)
        GROUP BY dimension, key ORDER BY dimension, key
        ON CONFLICT (dimension, key) DO UPDATE SET name = excluded.name
    )
    INSERT INTO tally AS t ({_KEY}, {_AMOUNTS})
    SELECT {_KEY}, {_AMOUNTS} FROM jsonb_populate_recordset(CAST(NULL AS tally), CAST(:rows AS jsonb) -> 'sums')
    ORDER BY {_KEY} ON CONFLICT ({_KEY}) DO UPDATE SET {_ADDED}
""")  # noqa: S608 -- our own columns

# The sums of everything before the period's start, before its end, and before the day of judging.
_START, _END, _JUDGED = "start", "end", "judged"


def _before(point: str, *amounts: str) -> str:
    return f"coalesce(sum({' + '.join(amounts)}) FILTER (WHERE point = '{point}'), 0)"


def _within(*amounts: str, where: str = "TRUE") -> str:
    """From the period's start on and before its end."""
    total = " + ".join(amounts)
    return f"coalesce(sum(CASE point WHEN '{_END}' THEN {total} WHEN '{_START}' THEN -({total}) END) FILTER (WHERE {where}), 0)"


_DECIDED: Final = ("early", "on_time", "late")
_UNFINISHED: Final = f"{_before(_END, 'accepted')} - {_before(_END, *_DECIDED)}"
_CARRIED: Final = f"{_before(_START, 'accepted')} - {_before(_START, *_DECIDED)}"
# Promised before the day of judging, less those decided by then, less those decided since, who were late.
_OVERDUE: Final = f"{_before(_JUDGED, 'due', '-past_due', 'late')} - {_before(_END, 'late')}"
_MEASURES: Final[Mapping[Measure, str]] = {
    Measure.TOTAL: f"{_within('accepted')} + {_CARRIED}",
    Measure.RECEIVED: _within("accepted"),
    Measure.RECEIVED_ONLINE: _within("accepted", where="channel = 'online'"),
    Measure.RECEIVED_DIRECT: _within("accepted", where="channel <> 'online'"),
    Measure.CARRIED_OVER: _CARRIED,
    Measure.RESOLVED: _within(*_DECIDED),
    Measure.EARLY: _within("early"),
    Measure.ON_TIME: _within("on_time"),
    Measure.LATE: _within("late"),
    Measure.IN_PROGRESS: _UNFINISHED,
    Measure.WITHIN_TIME: f"{_UNFINISHED} - ({_OVERDUE})",
    Measure.OVERDUE: _OVERDUE,
}
_NUMBERS: Final = ", ".join(f"CAST({sums} AS bigint) AS {measure}" for measure, sums in _MEASURES.items())
# By primary key: a range of it for each part of each of the three sums.
_SUMS: Final = """
    SELECT point, unit, field, channel, competent, accepted, early, on_time, late, due, past_due
    FROM unnest(CAST(:points AS text[]), CAST(:spans AS text[]), CAST(:sinces AS date[]), CAST(:untils AS date[]))
        AS part (point, span_of, since, until)
    JOIN tally t ON t.definition = :definition AND t.span = span_of AND t.first >= since AND t.first < until
"""
_FIGURES: Final = """
    SELECT {key} AS key, (SELECT name FROM tally_name n WHERE n.dimension = '{key}' AND n.key = t.{key}) AS name, {numbers}
    FROM ({source}) AS t WHERE {where} GROUP BY t.{key} ORDER BY t.{key}
"""


# By primary key: a range of it for each part of each number.
_WAITING: Final = """
    SELECT number, CAST(sum(CASE amount {amounts} END) AS bigint) AS dossiers
    FROM unnest(CAST(:numbers AS text[]), CAST(:amounts AS text[]), CAST(:spans AS text[]), CAST(:sinces AS date[]),
                CAST(:untils AS date[])) AS part (number, amount, span_of, since, until)
    JOIN tally t ON t.definition = :definition AND t.span = span_of AND t.first >= since AND t.first < until
    WHERE {where} GROUP BY number
"""
_BY_AMOUNT: Final = " ".join(f"WHEN '{amount}' THEN {amount}" for amount in WAITING)


async def add(connection: AsyncConnection, states: Sequence[Dossier]) -> None:
    """What has changed by these dossiers since they were loaded; nothing is sent where nothing has."""
    sums = [key._asdict() | dict(zip(AMOUNTS, amounts, strict=True)) for key, amounts in changes(states).items()]
    if sums:
        await _ADD.send(connection, {"rows": json.dumps({"sums": sums, "names": _names(states)}, default=str)})


def _names(states: Sequence[Dossier]) -> list[dict[str, str | None]]:
    names = {
        name
        for state in states
        for name in (
            ("unit", state.unit, state.unit_name),
            ("field", state.field, state.field_title),
            ("competent", state.competent_unit, state.competent_name),
        )
        if name[1] is not None and name[2] is not None
    }
    return [dict(zip(("dimension", "key", "name"), name, strict=True)) for name in names]


async def figures_by(
    connection: AsyncConnection,
    key: str,
    period: Period,
    definition: Definition,
    conditions: Sequence[str],
    values: Mapping[str, Any],
    as_of: datetime | None,
) -> list[tuple[str, str | None, Figures]]:
    """Key, name and figures by one column of the sums; `values` holds `judged` and what the conditions name."""
    days, source, given = {_START: period.start, _END: period.end, _JUDGED: values["judged"]}, _SUMS, dict(values)
    if as_of is not None:
        days = {point: past.known_before(as_of, day) for point, day in days.items()}
        source, given = f"{_SUMS} UNION ALL {past.CHANGES}", given | past.change_values(as_of, definition, days)
    parts = [(point, *part) for point, day in days.items() for part in up_to(day)]
    points, spans, sinces, untils = (list(column) for column in zip(*parts, strict=True))
    statement = _FIGURES.format(key=key, numbers=_NUMBERS, source=source, where=" AND ".join(["TRUE", *conditions]))
    rows = await connection.execute(
        text(statement),
        given | {"definition": definition.id, "points": points, "spans": spans, "sinces": sinces, "untils": untils},
    )
    groups = [(row["key"], row["name"], Figures(**{m: row[m] for m in Measure})) for row in rows.mappings()]
    return [group for group in groups if group[2].total]


async def waiting(
    connection: AsyncConnection, definition: str, today: date, conditions: Sequence[str], values: Mapping[str, Any]
) -> dict[Waiting, int]:
    """The board's numbers of what waits today."""
    summed = {number: summed_for(number, today) for number in Waiting}
    parts = [(number.value, amount, *part) for number, (amount, ranges) in summed.items() for part in ranges]
    columns = zip(("numbers", "amounts", "spans", "sinces", "untils"), zip(*parts, strict=True), strict=True)
    given = dict(values) | {"definition": definition} | {name: list(column) for name, column in columns}
    statement = _WAITING.format(amounts=_BY_AMOUNT, where=" AND ".join(["TRUE", *conditions]))
    counted = {row.number: row.dossiers for row in await connection.execute(text(statement), given)}
    return {number: counted.get(number, 0) for number in Waiting}
