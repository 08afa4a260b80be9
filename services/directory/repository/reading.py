"""What the pages and the sign-in check ask. Lists come in the order in which people look for things."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.directory import StaffV1

# By primary key, three times.
_SIGN_IN = text("""
    SELECT (SELECT value FROM signing_key WHERE id = :kid) AS key, a.value AS staff,
           (SELECT jsonb_object_agg(u.id, u.value ->> 'name') FROM unit u
            WHERE u.id IN (SELECT post ->> 'unit' FROM jsonb_array_elements(a.value -> 'posts') AS post)) AS units
    FROM (SELECT 1) AS one LEFT JOIN account a ON a.id = :staff
""")
# All procedures, without their competences: the catalogue has some two thousand of them at most.
_CATALOGUE = text("""
    SELECT p.id AS code, v.value AS version
    FROM procedure p CROSS JOIN LATERAL (
        SELECT value - 'competences' AS value FROM jsonb_array_elements(p.value -> 'versions') AS value
        WHERE CAST(value ->> 'valid_from' AS date) <= :day ORDER BY CAST(value ->> 'valid_from' AS date) DESC LIMIT 1
    ) AS v ORDER BY p.id
""")
# By account_name_key; `mine` NULL: everybody.
_STAFF = text("""
    SELECT value, version FROM account
    WHERE (CAST(:mine AS text[]) IS NULL OR EXISTS (
               SELECT FROM jsonb_array_elements(value -> 'posts') AS post WHERE post ->> 'unit' = ANY(:mine)))
      AND (:wanted = '' OR username LIKE :wanted || '%' OR value ->> 'name' ILIKE '%' || :wanted || '%')
    ORDER BY name_key COLLATE "C", id LIMIT :limit OFFSET :offset
""")


@dataclass(frozen=True, slots=True)
class Listed:
    staff: StaffV1
    version: int


async def sign_in_facts(connection: AsyncConnection, kid: str, staff_id: str) -> Any:
    """`key`, `staff` and `units` as JSON, each None if unknown."""
    return (await connection.execute(_SIGN_IN, {"kid": kid, "staff": staff_id})).one()


async def catalogue(connection: AsyncConnection, day: date) -> dict[str, dict[str, Any]]:
    """Code -> the version in force on a day, without competences."""
    return {row.code: row.version for row in await connection.execute(_CATALOGUE, {"day": day})}


async def staff(
    connection: AsyncConnection, mine: Collection[str] | None, wanted: str, *, limit: int, offset: int
) -> list[Listed]:
    """People with a post in these units (None: all), whose name holds `wanted` or whose user name begins with it."""
    rows = await connection.execute(
        _STAFF,
        {"mine": None if mine is None else list(mine), "wanted": _literal(wanted), "limit": limit, "offset": offset},
    )
    return [Listed(StaffV1.model_validate(row.value), row.version) for row in rows]


def _literal(wanted: str) -> str:
    """What is typed is looked for as it stands."""
    return wanted.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
