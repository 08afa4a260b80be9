"""Stores of the projections: a batch's dossiers and guidance turns, and the history of facts they bring along. Set-based.

One store holds both publishers' columns of a dossier, and locks all rows of a batch at once in id order: two processes that
have the same dossiers in hand, one from intake and one from routing, take turns and never deadlock.
"""

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.values import Channel, Outcome, PortalStatus
from services.reporting.domain.dossier import Dossier, Fact, GuidanceTurn, Heard

_COLUMNS: Final = tuple(field.name for field in fields(Dossier) if field.name not in {"id", "news"})
_NAMES: Final = ", ".join(_COLUMNS)

# By primary key, in id order. Whichever publisher comes first creates the row.
_CREATE = text("""
    INSERT INTO dossier (id) SELECT id FROM unnest(CAST(:ids AS text[])) AS given (id) ORDER BY id ON CONFLICT DO NOTHING
""")
_LOCK = text(f"SELECT id, {_NAMES} FROM dossier WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")  # noqa: S608 -- our own columns
_SAVE = text(f"""
    UPDATE dossier SET {", ".join(f"{name} = given.{name}" for name in _COLUMNS)}
    FROM jsonb_populate_recordset(NULL::dossier, CAST(:rows AS jsonb)) AS given WHERE dossier.id = given.id
""")  # noqa: S608 -- our own columns
# By primary key. A fact that is there is the same fact.
_REMEMBER = text("""
    INSERT INTO fact SELECT * FROM jsonb_populate_recordset(NULL::fact, CAST(:rows AS jsonb))
    ORDER BY source, subject, sequence ON CONFLICT DO NOTHING
""")
_GUIDED = text("""
    INSERT INTO guidance SELECT * FROM jsonb_populate_recordset(NULL::guidance, CAST(:rows AS jsonb))
    ORDER BY id ON CONFLICT DO NOTHING
""")


class DossierRows:
    async def load(self, connection: AsyncConnection, ids: Sequence[str]) -> dict[str, Dossier]:
        await connection.execute(_CREATE, {"ids": list(ids)})
        rows = await connection.execute(_LOCK, {"ids": list(ids)})
        return {row["id"]: _dossier(row) for row in rows.mappings()}

    async def save(self, connection: AsyncConnection, states: Sequence[Dossier]) -> None:
        await connection.execute(_SAVE, {"rows": _written(states)})
        await _remember(connection, [fact for state in states for fact in state.news])


class GuidanceRows:
    """A turn is told once, so there is nothing to load."""

    async def load(self, _: AsyncConnection, __: Sequence[str]) -> dict[str, GuidanceTurn]:
        return {}

    async def save(self, connection: AsyncConnection, states: Sequence[GuidanceTurn]) -> None:
        await connection.execute(_GUIDED, {"rows": _written(states)})
        await _remember(connection, [fact for state in states for fact in state.news])


class History:
    """For facts of which only the history is kept."""

    async def load(self, _: AsyncConnection, __: Sequence[str]) -> dict[str, Heard]:
        return {}

    async def save(self, connection: AsyncConnection, states: Sequence[Heard]) -> None:
        await _remember(connection, [fact for state in states for fact in state.news])


DOSSIER_ROWS: Final = DossierRows()
GUIDANCE_ROWS: Final = GuidanceRows()
HISTORY: Final = History()


async def _remember(connection: AsyncConnection, facts: Sequence[Fact]) -> None:
    await connection.execute(_REMEMBER, {"rows": _written(facts)})


def _dossier(row: Any) -> Dossier:
    kinds = {"channel": Channel, "status": PortalStatus, "outcome": Outcome}
    return Dossier(**{name: kinds[name](value) if name in kinds and value is not None else value for name, value in row.items()})


def _written(states: Sequence[Dossier | GuidanceTurn | Fact]) -> str:
    """As JSON objects with the tables' columns."""
    rows = [{field.name: getattr(state, field.name) for field in fields(state) if field.name != "news"} for state in states]
    return json.dumps(rows, default=_moment)


def _moment(value: date | datetime) -> str:
    return value.isoformat()
