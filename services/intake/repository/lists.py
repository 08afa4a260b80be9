"""A unit's dossiers, newest first. Pages are found by key, not by counting rows, so the last is as fast as the first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import RowMapping, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.values import PortalStatus

_COLUMNS: Final = """d.id, d.version, d.status, d.returned, d.code, d.submission_number, d.procedure, d.channel, d.hand_over,
    d.submitted_at, d.promised_at, d.decided_at, p.sealed"""
_FROM: Final = f"SELECT {_COLUMNS} FROM dossier d LEFT JOIN person p ON p.dossier = d.id"  # noqa: S608 -- constants
# One comparison for the first page too: an OR would keep the index from beginning where the page does.
_KEYSET: Final = """AND (d.submitted_at, d.id) < (COALESCE(CAST(:at AS timestamptz), 'infinity'), CAST(:id AS text))
    ORDER BY d.submitted_at DESC, d.id DESC LIMIT :limit"""

# By index dossier_unit_newest.
_ALL: Final = text(f"{_FROM} WHERE d.unit_id = :unit {_KEYSET}")
# By index dossier_unit_status_newest.
_BY_STATUS: Final = text(f"{_FROM} WHERE d.unit_id = :unit AND d.status = :status {_KEYSET}")
# By index dossier_code.
_BY_CODE: Final = text(f"{_FROM} WHERE d.unit_id = :unit AND d.code = :code {_KEYSET}")
# By index dossier_submission_number.
_BY_NUMBER: Final = text(f"{_FROM} WHERE d.unit_id = :unit AND d.submission_number = :number {_KEYSET}")
# By index dossier_collection.
_BY_COLLECTION: Final = text(f"{_FROM} WHERE d.unit_id = :unit AND d.collection = :collection {_KEYSET}")
# By indexes person_identity and person_telephone: one person's dossiers are few.
_PERSONS: Final = """SELECT dossier FROM person WHERE identity_index = ANY(:identities)
    UNION SELECT dossier FROM person WHERE telephone_index = :telephone"""
_BY_PERSON: Final = text(f"{_FROM} WHERE d.unit_id = :unit AND d.id IN ({_PERSONS}) {_KEYSET}")
# By index person_name for a rare name; for one that half of the people have, dossier_unit_newest is walked.
_BY_NAME: Final = text(f"{_FROM} WHERE d.unit_id = :unit AND p.name_index @> CAST(:words AS bytea[]) {_KEYSET}")
# By index dossier_unit_status_newest.
_BY_STATUS_OF_ALL: Final = text("SELECT status, count(*) AS number FROM dossier GROUP BY status ORDER BY status")
# By index dossier_unit_status_newest.
_WAITING: Final = text("SELECT count(*) FROM dossier WHERE unit_id = :unit AND status = 1 AND NOT returned")


class DossierKey(NamedTuple):
    """What the list is ordered by, newest first."""

    submitted_at: datetime
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What a clerk typed, as what it may be: a code, a submission number, or a person's keyed hashes (`identities`: of the
    number as each kind that it may be; `words`: of the name).
    """

    code: str | None = None
    number: str | None = None
    collection: str | None = None
    identities: tuple[bytes, ...] = ()
    telephone: bytes | None = None
    words: tuple[bytes, ...] = ()


async def rows_behind(
    connection: AsyncConnection,
    unit: str,
    status: PortalStatus | None,
    search: Search | None,
    key: DossierKey | None,
    limit: int,
) -> Sequence[RowMapping]:
    """At most `limit` of the unit's dossiers behind `key` (from the newest on without one)."""
    begin: dict[str, Any] = {"at": key.submitted_at, "id": key.id} if key else {"at": None, "id": ""}
    statement, wanted = _statement(status, search)
    return (await connection.execute(statement, begin | wanted | {"unit": unit, "limit": limit})).mappings().all()


def _statement(status: PortalStatus | None, search: Search | None) -> tuple[TextClause, dict[str, Any]]:
    if search is None:
        return (_ALL, {}) if status is None else (_BY_STATUS, {"status": int(status)})
    if search.code is not None:
        return _BY_CODE, {"code": search.code}
    if search.number is not None:
        return _BY_NUMBER, {"number": search.number}
    if search.collection is not None:
        return _BY_COLLECTION, {"collection": search.collection}
    if search.words:
        return _BY_NAME, {"words": list(search.words)}
    return _BY_PERSON, {"identities": list(search.identities), "telephone": search.telephone}


async def by_status(connection: AsyncConnection) -> dict[int, int]:
    """How many dossiers of all units have each of the portal's statuses. Reads an index whole: for an operator."""
    return {row.status: row.number for row in await connection.execute(_BY_STATUS_OF_ALL)}


async def waiting(connection: AsyncConnection, unit: str) -> int:
    """How many submissions wait to be accepted."""
    return int((await connection.execute(_WAITING, {"unit": unit})).scalar_one())
