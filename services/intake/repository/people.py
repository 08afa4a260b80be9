"""Sealed applicants. They are found by keyed hashes, of names too: the database knows neither number nor name."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.statements import Statement

# By primary key.
_FIND: Final = Statement(
    "SELECT dossier, sealed, secret_sealed, secret_index, identity_index FROM person WHERE dossier = ANY(:dossiers)"
)
# The newest dossier of that person at one of the units, by index person_identity.
_KNOWN: Final = text("""
    SELECT p.dossier, p.sealed, p.secret_sealed, p.secret_index, p.identity_index FROM person p JOIN dossier d ON d.id = p.dossier
    WHERE p.identity_index = :index AND d.unit_id = ANY(:units) ORDER BY d.submitted_at DESC, d.id DESC LIMIT 1
""")
# By index person_index_form; rows that another process has in hand are left to it.
_HASHED_BEFORE: Final = text("""
    SELECT dossier, sealed, identity_index, telephone_index, name_index FROM person WHERE index_form < :form
    ORDER BY index_form, dossier LIMIT :limit FOR UPDATE SKIP LOCKED
""")
# By primary key.
_SAVE_HASHES: Final = text("""
    UPDATE person SET identity_index = given.identity_index, telephone_index = given.telephone_index,
        name_index = CAST(given.name_index AS bytea[]), index_form = :form
    FROM unnest(CAST(:dossiers AS text[]), CAST(:identities AS bytea[]), CAST(:telephones AS bytea[]), CAST(:names AS text[]))
         AS given (dossier, identity_index, telephone_index, name_index)
    WHERE person.dossier = given.dossier
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class HashedPerson:
    """A sealed applicant and what they are found by."""

    dossier: str
    sealed: bytes
    identity_index: bytes
    telephone_index: bytes | None
    name_index: Sequence[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPerson:
    dossier: str
    sealed: bytes
    secret_sealed: bytes
    secret_index: bytes
    identity_index: bytes


class People:
    """By dossier; who was forgotten is left out. Read, not locked."""

    async def load(self, connection: AsyncConnection, keys: Sequence[str]) -> dict[str, StoredPerson]:
        people = [StoredPerson(**row._asdict()) for row in await _FIND.rows(connection, {"dossiers": list(keys)})]
        return {person.dossier: person for person in people}


PEOPLE: Final = People()


async def find(connection: AsyncConnection, dossier: str) -> StoredPerson | None:
    """None once forgotten."""
    return (await PEOPLE.load(connection, [dossier])).get(dossier)


async def find_known(connection: AsyncConnection, identity_index: bytes, units: Collection[str]) -> StoredPerson | None:
    """As they were in their newest dossier at one of these units."""
    row = (await connection.execute(_KNOWN, {"index": identity_index, "units": sorted(units)})).first()
    return None if row is None else StoredPerson(**row._asdict())


async def hashed_before(connection: AsyncConnection, form: int, limit: int) -> list[HashedPerson]:
    """Some of those whose hashes were made by older rules, locked."""
    return [HashedPerson(**row._asdict()) for row in await connection.execute(_HASHED_BEFORE, {"form": form, "limit": limit})]


async def save_hashes(connection: AsyncConnection, form: int, people: Sequence[HashedPerson]) -> None:
    values = {
        "form": form,
        "dossiers": [person.dossier for person in people],
        "identities": [person.identity_index for person in people],
        "telephones": [person.telephone_index for person in people],
        "names": [_array(person.name_index) for person in people],
    }
    await connection.execute(_SAVE_HASHES, values)


def _array(hashes: Sequence[bytes]) -> str:
    """As PostgreSQL writes it: arrays of different length cannot stand in an array."""
    return "{" + ",".join(f'"\\\\x{value.hex()}"' for value in hashes) + "}"
