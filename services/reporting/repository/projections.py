"""Stores of the projections: a batch's dossiers and guidance turns, and the history of facts they bring along. Set-based.

One store holds both publishers' columns of a dossier, and locks all rows of a batch at once in id order: two processes that
have the same dossiers in hand, one from intake and one from routing, take turns and never deadlock.
"""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.rows import insert_missing, upsert, write
from contracts.values import Channel, Outcome, PortalStatus
from messaging.statements import Statement, pipeline
from services.reporting.domain.dossier import Dossier, Fact, GuidanceTurn, Message
from services.reporting.repository import tally
from services.reporting.tables import DossierRow, FactRow, GuidanceRow

_NAMES: Final = ", ".join(DossierRow.model_fields)

_NOT_STORED: Final = frozenset({"pending_history", "counted_as"})
# By primary key, in id order. Whichever publisher comes first creates the row.
_CREATE = Statement("""
    INSERT INTO dossier (id) SELECT id FROM unnest(CAST(:ids AS text[])) AS given (id) ORDER BY id ON CONFLICT DO NOTHING
""")
_LOCK = Statement(f"SELECT {_NAMES} FROM dossier WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")  # noqa: S608 -- our own columns
_SAVE = upsert(DossierRow)
# A fact or turn that is there is the same one.
_KEEP_FACTS = insert_missing(FactRow)
_KEEP_TURNS = insert_missing(GuidanceRow)


class DossierRows:
    async def load(self, connection: AsyncConnection, ids: Sequence[str]) -> dict[str, Dossier]:
        async with pipeline(connection):
            await _CREATE.send(connection, {"ids": list(ids)})
            locked = await _LOCK.send(connection, {"ids": list(ids)})
        return {row.id: _dossier(row._asdict()) for row in await locked.rows()}

    async def save(self, connection: AsyncConnection, states: Sequence[Dossier]) -> None:
        await write(connection, _SAVE, [_columns(state) for state in states])
        await tally.add(connection, states)
        await _keep_history(connection, states)


class GuidanceRows:
    """A turn is published once, so there is nothing to load."""

    async def load(self, _: AsyncConnection, __: Sequence[str]) -> dict[str, GuidanceTurn]:
        return {}

    async def save(self, connection: AsyncConnection, states: Sequence[GuidanceTurn]) -> None:
        await write(connection, _KEEP_TURNS, [_columns(state) for state in states])
        await _keep_history(connection, states)


class MessageHistory:
    async def load(self, _: AsyncConnection, __: Sequence[str]) -> dict[str, Message]:
        return {}

    async def save(self, connection: AsyncConnection, states: Sequence[Message]) -> None:
        await _keep_history(connection, states)


DOSSIER_ROWS: Final = DossierRows()
GUIDANCE_ROWS: Final = GuidanceRows()
MESSAGE_HISTORY: Final = MessageHistory()


async def _keep_history(connection: AsyncConnection, states: Sequence[Dossier | GuidanceTurn | Message]) -> None:
    await write(connection, _KEEP_FACTS, [_columns(fact) for state in states for fact in state.pending_history])


def _dossier(row: Any) -> Dossier:
    kinds = {"channel": Channel, "status": PortalStatus, "outcome": Outcome}
    dossier = Dossier(**{n: kinds[n](value) if n in kinds and value is not None else value for n, value in row.items()})
    return replace(dossier, counted_as=dossier.counted())


def _columns(state: Dossier | GuidanceTurn | Fact) -> dict[str, Any]:
    return {field.name: getattr(state, field.name) for field in fields(state) if field.name not in _NOT_STORED}
