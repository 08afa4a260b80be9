"""Ratings: one row for a dossier whose result was handed over, written once, never changed: its unit and the answer."""

from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake.domain.rating import Satisfaction

# By primary key, both. Of two answers at the same time the first one stays.
_SAVE: Final = text("""
    INSERT INTO rating (dossier, unit_id, answer)
    SELECT id, unit_id, :answer FROM dossier WHERE id = :dossier AND status = 10 ON CONFLICT (dossier) DO NOTHING
""")
_IS_RATED: Final = text("SELECT EXISTS (SELECT FROM rating WHERE dossier = :dossier)")


async def save(connection: AsyncConnection, dossier: str, answer: Satisfaction) -> None:
    """Nothing where it is rated already, or has no result handed over."""
    await connection.execute(_SAVE, {"dossier": dossier, "answer": answer})


async def is_rated(connection: AsyncConnection, dossier: str) -> bool:
    return bool((await connection.execute(_IS_RATED, {"dossier": dossier})).scalar_one())
