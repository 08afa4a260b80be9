"""The sign-in check's one query, on this service's own copies of `directory.keys`, `directory.staff` and unit names."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from contracts.directory import KeyV1, StaffV1
from web.signin import StaffState

# By primary key of copy, three times.
_LOOK_UP = text("""
    SELECT (SELECT value FROM copy WHERE topic = 'directory.keys' AND id = :kid) AS key, s.value AS staff,
           (SELECT jsonb_object_agg(u.id, u.value ->> 'name') FROM copy u
            WHERE u.topic = 'directory.units' AND u.value IS NOT NULL
              AND u.id IN (SELECT post ->> 'unit' FROM jsonb_array_elements(s.value -> 'posts') AS post)) AS units
    FROM (SELECT 1) AS one LEFT JOIN copy s ON s.topic = 'directory.staff' AND s.id = :staff
""")


class CopiedSignIn:
    def __init__(self, database: AsyncEngine) -> None:
        self._database = database

    async def look_up(self, kid: str, staff_id: str) -> tuple[dict[str, Any] | None, StaffState | None]:
        async with self._database.connect() as connection:
            row = (await connection.execute(_LOOK_UP, {"kid": kid, "staff": staff_id})).one()
        key = None if row.key is None else KeyV1.model_validate(row.key).jwk
        if row.staff is None:
            return key, None
        staff = StaffV1.model_validate(row.staff)
        return key, StaffState(staff.active, staff.tokens_valid_from, row.units or {})
