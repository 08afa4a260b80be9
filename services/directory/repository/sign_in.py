"""What the sign-in check asks: directory's own tables, no copy."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# By primary key, four times.
_FACTS = text("""
    SELECT (SELECT value FROM signing_key WHERE id = :kid) AS key,
           (SELECT version FROM signing_key WHERE id = :kid) AS key_version, a.value AS staff,
           (SELECT jsonb_object_agg(u.id, u.value ->> 'name') FROM unit u
            WHERE u.id IN (SELECT post ->> 'unit' FROM jsonb_array_elements(a.value -> 'posts') AS post)) AS units
    FROM (SELECT 1) AS always LEFT JOIN account a ON a.id = :staff
""")


async def sign_in_facts(connection: AsyncConnection, kid: str, staff_id: str) -> Any:
    """`key`, `staff` and `units` as JSON and `key_version`, each None if unknown."""
    return (await connection.execute(_FACTS, {"kid": kid, "staff": staff_id})).one()
