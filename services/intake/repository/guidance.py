"""Guidance turns: written once, never changed."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis import rows
from services.intake.domain.guidance import Guidance
from services.intake.tables import GuidanceRow

_SAVE: Final = rows.insert(GuidanceRow)


class Turns:
    async def save(self, connection: AsyncConnection, states: Sequence[Guidance]) -> None:
        await rows.write(connection, _SAVE, [_row(turn) for turn in states])


TURNS: Final = Turns()


def _row(turn: Guidance) -> dict[str, Any]:
    return {
        "id": turn.id,
        "lane": turn.lane,
        "version": turn.version,
        "unit_id": turn.unit.id,
        "unit_name": turn.unit.name,
        "kind": turn.kind,
        "procedure": turn.procedure and turn.procedure.model_dump(mode="json"),
        "dossier": turn.dossier,
        "at": turn.at,
        "by": turn.by,
    }
