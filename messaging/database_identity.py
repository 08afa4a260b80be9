"""Which database a connection has reached. A server that was started anew, another one that took over, a database that was made
anew or restored in place: each has another identity.

It is asked for when a connection is made, and not again: none outlives the database that it was made to.
"""

from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

_IDENTITY: Final = "database identity"
_ASK: Final = """
    SELECT concat_ws(' ', extract(epoch FROM pg_postmaster_start_time()),
        (SELECT oid FROM pg_database WHERE datname = current_database()), CAST(to_regclass('outbox') AS oid))
"""


def note_identity(adapted: Any, info: dict[Any, Any]) -> None:
    """Of a connection that has just been made; `info` is its own, in the pool."""
    cursor = adapted.cursor()
    try:
        cursor.execute(_ASK)
        info[_IDENTITY] = cursor.fetchone()[0]
    finally:
        cursor.close()
    adapted.rollback()


def identity_of(connection: AsyncConnection) -> str:
    sync = connection.sync_connection
    assert sync is not None  # noqa: S101 -- a connection that was opened
    identity: str = sync.info[_IDENTITY]
    return identity
