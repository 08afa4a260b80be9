"""A unit's dossiers, newest first. Pages are found by key, not by counting rows, so the last is as fast as the first."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.refusal import Invalid
from contracts.values import PortalStatus

PAGE: Final = 50

_COLUMNS: Final = """d.id, d.version, d.status, d.returned, d.code, d.submission_number, d.procedure, d.channel, d.hand_over,
    d.submitted_at, d.promised_at, d.decided_at, p.sealed"""
_FROM: Final = f"SELECT {_COLUMNS} FROM dossier d LEFT JOIN person p ON p.dossier = d.id"  # noqa: S608 -- constants
# One comparison for the first page too: an OR would keep the index from beginning where the page does.
_KEYSET: Final = """AND (d.submitted_at, d.id) < (COALESCE(CAST(:at AS timestamptz), 'infinity'), CAST(:id AS text))
    ORDER BY d.submitted_at DESC, d.id DESC LIMIT :most"""

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
_PERSONS: Final = """SELECT dossier FROM person WHERE identity_index = :identity
    UNION SELECT dossier FROM person WHERE telephone_index = :telephone"""
_BY_PERSON: Final = text(f"{_FROM} WHERE d.unit_id = :unit AND d.id IN ({_PERSONS}) {_KEYSET}")
# By index dossier_unit_status_newest.
_BY_STATUS_OF_ALL: Final = text("SELECT status, count(*) AS number FROM dossier GROUP BY status ORDER BY status")
# By index dossier_unit_status_newest.
_WAITING: Final = text("SELECT count(*) FROM dossier WHERE unit_id = :unit AND status = 1 AND NOT returned")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: behind this dossier."""

    submitted_at: datetime
    id: str

    def token(self) -> str:
        return urlsafe_b64encode(f"{self.submitted_at.isoformat()} {self.id}".encode()).decode().rstrip("=")

    @classmethod
    def read(cls, token: str) -> "Place":
        """Raises Invalid for anything that `token` did not make."""
        try:
            at, _, identifier = urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode("ascii").partition(" ")
            place = cls(datetime.fromisoformat(at), identifier)
        except (ValueError, Base64Error) as error:
            raise _bad_place() from error
        if place.submitted_at.tzinfo is None or not identifier.isprintable():
            raise _bad_place()
        return place


@dataclass(frozen=True, slots=True)
class Search:
    """What a clerk typed, as what it may be: a code, a submission number, or a person's keyed hashes."""

    code: str | None = None
    number: str | None = None
    collection: str | None = None
    identity: bytes | None = None
    telephone: bytes | None = None


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Any]
    next: Place | None


async def page(
    connection: AsyncConnection,
    unit: str,
    status: PortalStatus | None,
    search: Search | None,
    after: Place | None,
    most: int = PAGE,
) -> Page:
    place: dict[str, Any] = {"at": after.submitted_at, "id": after.id} if after else {"at": None, "id": ""}
    given = place | {"unit": unit, "most": most + 1}
    more: dict[str, Any]
    if search is None:
        statement, more = (_ALL, {}) if status is None else (_BY_STATUS, {"status": int(status)})
    elif search.code is not None:
        statement, more = _BY_CODE, {"code": search.code}
    elif search.number is not None:
        statement, more = _BY_NUMBER, {"number": search.number}
    elif search.collection is not None:
        statement, more = _BY_COLLECTION, {"collection": search.collection}
    else:
        statement, more = _BY_PERSON, {"identity": search.identity, "telephone": search.telephone}
    found = list(await connection.execute(statement, given | more))
    shown = found[:most]
    return Page(shown, Place(shown[-1].submitted_at, shown[-1].id) if len(found) > most else None)


async def by_status(connection: AsyncConnection) -> dict[int, int]:
    """How many dossiers of all units have each of the portal's statuses. Reads an index whole: for an operator."""
    return {row.status: row.number for row in await connection.execute(_BY_STATUS_OF_ALL)}


async def waiting(connection: AsyncConnection, unit: str) -> int:
    """How many submissions wait to be accepted."""
    return int((await connection.execute(_WAITING, {"unit": unit})).scalar_one())


def _bad_place() -> Invalid:
    return Invalid(
        "bad-place",
        vi="Không đọc được vị trí trang. Hãy mở lại danh sách từ đầu.",
        en="The place in the list cannot be read. Please open the list again.",
        field="after",
    )
