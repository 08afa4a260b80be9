"""E-mail addresses by their keyed hash, locked while somebody asks or answers; one that is not there has been asked nothing."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis import rows
from messaging.statements import Statement, pipeline
from services.intake.domain.confirmation import MailAddress
from services.intake.tables import MailAddressRow

# All by primary key, in key order. Who comes second waits for the first one's end.
_CREATE: Final = Statement("""
    INSERT INTO mail_address (id, confirmed, waiting)
    SELECT id, '[]', '[]' FROM unnest(CAST(:ids AS text[])) AS given (id) ORDER BY id ON CONFLICT DO NOTHING
""")
_LOCK: Final = Statement("SELECT * FROM mail_address WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
_SAVE: Final = rows.upsert(MailAddressRow)
# By index mail_address_token.
_OF_TOKEN: Final = Statement("SELECT id FROM mail_address WHERE token = :token")


class Addresses:
    async def load(self, connection: AsyncConnection, ids: Sequence[str]) -> dict[str, MailAddress]:
        async with pipeline(connection):
            await _CREATE.send(connection, {"ids": list(ids)})
            locked = await _LOCK.send(connection, {"ids": list(ids)})
        return {row.id: _address(row) for row in await locked.rows()}

    async def save(self, connection: AsyncConnection, states: Sequence[MailAddress]) -> None:
        await rows.write(connection, _SAVE, [asdict(state) for state in states])


ADDRESSES: Final = Addresses()


async def of_token(connection: AsyncConnection, token: bytes) -> str | None:
    """The address that was asked with what this is the keyed hash of."""
    rows_found = await _OF_TOKEN.rows(connection, {"token": token})
    return str(rows_found[0].id) if rows_found else None


def _address(row: Any) -> MailAddress:
    return MailAddress(
        id=row.id,
        asked_for=row.asked_for,
        token=row.token,
        asked_until=row.asked_until,
        confirmed=tuple(row.confirmed),
        waiting=tuple((person, dossier) for person, dossier in row.waiting),
    )
