"""The lists that people and programs read, in the order in which people look for things."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.directory import StaffV1
from contracts.search_words import folded

# All procedures, without their competences: the catalogue has some two thousand of them at most.
_CATALOGUE = text("""
    SELECT p.id AS code, v.value AS version
    FROM procedure p CROSS JOIN LATERAL (
        SELECT value - 'competences' AS value FROM jsonb_array_elements(p.value -> 'versions') AS value
        WHERE CAST(value ->> 'valid_from' AS date) <= :day ORDER BY CAST(value ->> 'valid_from' AS date) DESC LIMIT 1
    ) AS v ORDER BY p.id
""")
# `units` NULL: everybody. As `administers` of domain/jurisdiction.py.
_WANTED = """
    (CAST(:units AS text[]) IS NULL OR (
        SELECT bool_and(post ->> 'unit' = ANY(:units)) FROM jsonb_array_elements(value -> 'posts') AS post))
    AND search_key LIKE ALL(CAST(:patterns AS text[]))
"""
# By account_name_key from the person before on; nobody has an empty key, so that an empty `after` is before everybody.
_STAFF = text(f"""
    SELECT value, version FROM account
    WHERE (name_key, id) > (COALESCE((SELECT name_key FROM account WHERE id = :after), ''), :after) AND {_WANTED}
    ORDER BY name_key, id LIMIT :limit
""")  # noqa: S608 -- the condition above
# The whole list is counted through: a page number says nothing of where its page begins.
_NUMBERED = text(f"""
    SELECT id FROM (
        SELECT id, row_number() OVER (ORDER BY name_key, id) AS number FROM account WHERE {_WANTED}
    ) AS numbered WHERE number = :number
""")  # noqa: S608 -- the condition above


# No key is without the blank before its first word.
_NOBODY: Final = "-"


@dataclass(frozen=True, slots=True)
class StaffFilter:
    """People all of whose posts are in these units (None: everybody); each word of `search` begins a word of their name or user
    name.
    """

    units: Collection[str] | None
    search: str

    def parameters(self) -> dict[str, Any]:
        return {"units": None if self.units is None else list(self.units), "patterns": _patterns(self.search)}


@dataclass(frozen=True, slots=True)
class ListedAccount:
    staff: StaffV1
    version: int


async def catalogue(connection: AsyncConnection, day: date) -> dict[str, dict[str, Any]]:
    """Code -> the version in force on a day, without competences."""
    return {row.code: row.version for row in await connection.execute(_CATALOGUE, {"day": day})}


async def staff(connection: AsyncConnection, wanted: StaffFilter, *, after: str | None, limit: int) -> list[ListedAccount]:
    """Those behind the person with the id `after` (None: from the first one on)."""
    rows = await connection.execute(_STAFF, {**wanted.parameters(), "after": after or "", "limit": limit})
    return [ListedAccount(StaffV1.model_validate(row.value), row.version) for row in rows]


async def numbered_staff_id(connection: AsyncConnection, wanted: StaffFilter, number: int) -> str | None:
    """Whom the list shows at this number, counted from 1; None behind its end."""
    row = (await connection.execute(_NUMBERED, {**wanted.parameters(), "number": number})).first()
    return None if row is None else str(row.id)


def _patterns(search: str) -> list[str]:
    """Folded words have no wildcards. What was typed without a word in it is nobody's name."""
    words = folded(search).split()
    return [f"% {word}%" for word in words] if words or not search else [_NOBODY]
