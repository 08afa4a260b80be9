"""The sign-in check's one query: every service asks its copies of keys, staff and unit names; directory asks its own tables."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contracts.directory import KeyV1, StaffV1
from web.signin import StaffState

SignInFacts = Callable[[AsyncConnection, str, str], Awaitable[Any]]
"""(connection, key id, staff id) -> a row with `key`, `staff` and `units` as JSON, each None if unknown."""

# By primary key of state_copy, three times.
_COPIED = text("""
    SELECT (SELECT value FROM state_copy WHERE topic = 'directory.keys' AND id = :kid) AS key, s.value AS staff,
           (SELECT jsonb_object_agg(u.id, u.value ->> 'name') FROM state_copy u
            WHERE u.topic = 'directory.units' AND u.value IS NOT NULL
              AND u.id IN (SELECT post ->> 'unit' FROM jsonb_array_elements(s.value -> 'posts') AS post)) AS units
    FROM (SELECT 1) AS one LEFT JOIN state_copy s ON s.topic = 'directory.staff' AND s.id = :staff
""")


async def copied_facts(connection: AsyncConnection, kid: str, staff_id: str) -> Any:
    return (await connection.execute(_COPIED, {"kid": kid, "staff": staff_id})).one()


class SignInLookUp:
    """`more_units` names units that are nobody's entity, such as the installation itself."""

    def __init__(
        self, database: AsyncEngine, facts: SignInFacts = copied_facts, more_units: Mapping[str, str] | None = None
    ) -> None:
        self._database, self._facts, self._more_units = database, facts, more_units or {}

    async def look_up(self, kid: str, staff_id: str) -> tuple[dict[str, Any] | None, StaffState | None]:
        async with self._database.connect() as connection:
            row = await self._facts(connection, kid, staff_id)
        key = None if row.key is None else KeyV1.model_validate(row.key).jwk
        if row.staff is None:
            return key, None
        staff = StaffV1.model_validate(row.staff)
        return key, StaffState(staff.active, staff.tokens_valid_from, {**(row.units or {}), **self._more_units})
