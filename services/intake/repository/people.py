"""Sealed applicants. They are found by keyed hashes; names are never searched, because the database does not know them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.statements import Statement

# By primary key.
_FIND: Final = Statement("SELECT dossier, sealed, secret_sealed, secret_index FROM person WHERE dossier = ANY(:dossiers)")
# The newest dossier of that person at one of the units, by index person_identity.
_KNOWN: Final = text("""
    SELECT p.dossier, p.sealed, p.secret_sealed, p.secret_index FROM person p JOIN dossier d ON d.id = p.dossier
    WHERE p.identity_index = :index AND d.unit_id = ANY(:units) ORDER BY d.submitted_at DESC, d.id DESC LIMIT 1
""")


@dataclass(frozen=True, slots=True)
class StoredPerson:
    dossier: str
    sealed: bytes
    secret_sealed: bytes
    secret_index: bytes


class People:
    """By dossier; who was forgotten is left out. Read, not locked."""

    async def load(self, connection: AsyncConnection, keys: Sequence[str]) -> dict[str, StoredPerson]:
        people = [StoredPerson(*row) for row in await _FIND.rows(connection, {"dossiers": list(keys)})]
        return {person.dossier: person for person in people}


PEOPLE: Final = People()


async def find(connection: AsyncConnection, dossier: str) -> StoredPerson | None:
    """None once forgotten."""
    return (await PEOPLE.load(connection, [dossier])).get(dossier)


async def find_known(connection: AsyncConnection, identity_index: bytes, units: Collection[str]) -> StoredPerson | None:
    """As they were in their newest dossier at one of these units."""
    row = (await connection.execute(_KNOWN, {"index": identity_index, "units": sorted(units)})).first()
    return None if row is None else StoredPerson(*row)
