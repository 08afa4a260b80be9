"""A unit's dossiers, newest first. Pages are found by key, not by counting rows, so the last is as fast as the first."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sqlalchemy import RowMapping, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.values import PortalStatus

_COLUMNS: Final = """d.id, d.version, d.status, d.returned, d.code, d.submission_number, d.procedure, d.channel, d.hand_over,
    d.submitted_at, d.promised_at, d.decided_at, d.owed_since, p.sealed"""
_FROM: Final = f"SELECT {_COLUMNS} FROM dossier d LEFT JOIN person p ON p.dossier = d.id"  # noqa: S608 -- constants
# One comparison for the first page too: an OR would keep the index from beginning where the page does.
_KEYSET: Final = """AND (d.submitted_at, d.id) < (COALESCE(CAST(:at AS timestamptz), 'infinity'), CAST(:id AS text))
    ORDER BY d.submitted_at DESC, d.id DESC LIMIT :limit"""

# By index dossier_unit_newest, or with a status by dossier_unit_status_newest.
_IN_UNIT: Final = "d.unit_id = :unit"
_OF_STATUS: Final = "AND d.status = :status"
# By indexes person_identity and person_telephone: one person's dossiers are few.
_PERSONS: Final = """SELECT dossier FROM person WHERE identity_index = ANY(:identities)
    UNION SELECT dossier FROM person WHERE telephone_index = :telephone"""
# By indexes dossier_code, dossier_submission_number, dossier_collection and those of a person. A status narrows each of them.
_FOUND_BY: Final = {
    "code": "AND d.code = :code",
    "number": "AND d.submission_number = :number",
    "collection": "AND d.collection = :collection",
    "person": f"AND d.id IN ({_PERSONS})",
}
_HAS_WORDS: Final = "p.name_index @> CAST(:words AS bytea[])"
# So many are sorted as quickly as the list is walked until it has a page of them.
_FEW: Final = 5000
# Those with a rare name by index person_name; where there are many, by walking dossier_unit_newest, since a page of them is soon
# found. Left to itself the database would walk through all dossiers for a name that nobody has.
_BY_NAME: Final = """
    WITH named AS MATERIALIZED (SELECT p.dossier FROM person p WHERE {has_words} LIMIT {few} + 1),
         known AS MATERIALIZED (SELECT count(*) <= {few} AS few FROM named)
    (SELECT {columns} FROM named JOIN dossier d ON d.id = named.dossier JOIN person p ON p.dossier = d.id
     WHERE (SELECT few FROM known) AND {where})
    UNION ALL ({from_} WHERE NOT (SELECT few FROM known) AND {has_words} AND {where})
"""
# By index dossier_unit_status_newest.
_WAITING: Final = text("SELECT count(*) FROM dossier WHERE unit_id = ANY(:units) AND status = 1 AND NOT returned")


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

    @property
    def kind(self) -> str:
        """`code`, `number`, `collection` or `name`; `person` for a number that a person has."""
        quoted = next((name for name in ("code", "number", "collection") if getattr(self, name) is not None), None)
        return quoted or ("name" if self.words else "person")

    @property
    def quoted(self) -> str | None:
        """In full what was looked for, where only its end may have been typed; None for a person."""
        return self.code or self.number or self.collection


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
    wanted = {} if status is None else {"status": int(status)}
    if search is not None:
        wanted |= asdict(search) | {"identities": list(search.identities), "words": list(search.words)}
    statement = _statement(None if search is None else search.kind, by_status=status is not None)
    values = begin | wanted | {"unit": unit, "limit": limit}
    return (await connection.execute(statement, {name: values[name] for name in statement.compile().params})).mappings().all()


@lru_cache(maxsize=16)
def _statement(found_by: str | None, *, by_status: bool) -> TextClause:
    """Everything that is asked for holds together."""
    status = _OF_STATUS if by_status else ""
    if found_by == "name":
        where = f"{_IN_UNIT} {status} {_KEYSET}"
        return text(_BY_NAME.format(columns=_COLUMNS, from_=_FROM, has_words=_HAS_WORDS, few=_FEW, where=where))
    search = "" if found_by is None else _FOUND_BY[found_by]
    return text(f"{_FROM} WHERE {_IN_UNIT} {status} {search} {_KEYSET}")


LATELY: Final = 40
"""Dossiers: about as many as a counter receives in a day."""
# Reads the head of dossier_unit_newest, however many dossiers there are.
_LATELY: Final = text("""
    SELECT code FROM (
        SELECT procedure ->> 'code' AS code, submitted_at FROM dossier
        WHERE unit_id = :unit ORDER BY submitted_at DESC, id DESC LIMIT :dossiers
    ) AS newest
    GROUP BY code ORDER BY max(submitted_at) DESC, code
""")


async def waiting(connection: AsyncConnection, units: Sequence[str]) -> int:
    """How many submissions wait to be accepted at these units."""
    return int((await connection.execute(_WAITING, {"units": list(units)})).scalar_one())


async def procedures_lately(connection: AsyncConnection, unit: str) -> Sequence[str]:
    """The codes of the procedures among the unit's newest dossiers, the latest first."""
    return (await connection.execute(_LATELY, {"unit": unit, "dossiers": LATELY})).scalars().all()
