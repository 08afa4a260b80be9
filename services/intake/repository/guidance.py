"""Guidance turns: written once, never changed."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis import rows
from services.intake.domain.guidance import Guidance
from services.intake.tables import GuidanceRow

_SAVE: Final = rows.insert(GuidanceRow)


async def save(connection: AsyncConnection, turn: Guidance) -> None:
    row = {
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
    await rows.write(connection, _SAVE, [row])
