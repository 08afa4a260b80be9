"""Guidance turns of a period, by unit and kind, and one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.values import GuidanceKind
from services.reporting.domain.question import Question
from services.reporting.domain.scope import Scope

_COLUMNS: Final = "id, unit, unit_name, kind, field, given_at"


@dataclass(frozen=True, slots=True)
class UnitTurns:
    unit: str
    name: str
    turns: dict[GuidanceKind, int]


class TurnKey(NamedTuple):
    """What the list of turns is ordered by."""

    given_at: datetime
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    id: str
    unit: str
    unit_name: str
    kind: str
    field: str | None
    given_at: datetime


async def by_unit(connection: AsyncConnection, question: Question, scope: Scope) -> list[UnitTurns]:
    where, values = _selection(question, scope)
    rows = await connection.execute(
        text(f"SELECT unit, max(unit_name) AS name, kind, count(*) AS turns FROM {where} GROUP BY unit, kind ORDER BY unit"),  # noqa: S608
        values,
    )
    units: dict[str, UnitTurns] = {}
    for row in rows:
        unit = units.setdefault(row.unit, UnitTurns(row.unit, row.name, dict.fromkeys(GuidanceKind, 0)))
        unit.turns[GuidanceKind(row.kind)] += row.turns
    return list(units.values())


async def turns(
    connection: AsyncConnection,
    question: Question,
    scope: Scope,
    kind: GuidanceKind | None,
    *,
    after: TurnKey | None,
    most: int,
) -> Sequence[Turn]:
    """One by one in the order of time, from the one after `after` on."""
    where, values = _selection(question, scope)
    if kind is not None:
        where, values["kind"] = f"{where} AND kind = :kind", str(kind)
    if after is not None:
        where += " AND (given_at, id) > (:after_moment, :after_id)"
        values |= {"after_moment": after.given_at, "after_id": after.id}
    statement = f"SELECT {_COLUMNS} FROM {where} ORDER BY given_at, id LIMIT :most"  # noqa: S608 -- our own conditions
    rows = await connection.execute(text(statement), values | {"most": most})
    return [Turn(**row) for row in rows.mappings()]


def _selection(question: Question, scope: Scope) -> tuple[str, dict[str, Any]]:
    """By index guidance_day."""
    values: dict[str, Any] = {"start": question.period.start, "end": question.period.end}
    conditions = ["given_on >= :start AND given_on < :end"]
    if scope is not None:
        conditions.append("unit = ANY(:scope)")
        values["scope"] = sorted(scope)
    for name in ("unit", "field"):
        if (value := getattr(question, name)) is not None:
            conditions.append(f"{name} = :{name}")
            values[name] = value
    if question.as_of is not None:
        conditions.append("recorded_at <= :as_of")
        values["as_of"] = question.as_of
    return f"guidance WHERE {' AND '.join(conditions)}", values
