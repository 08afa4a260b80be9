"""A person's other open dossiers of one procedure, found by the keyed hash of their number: a person has few."""

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.values import PortalStatus
from messaging.statements import Statement

_ENDED: Final = [
    int(status) for status in (PortalStatus.REFUSED, PortalStatus.WITHDRAWN, PortalStatus.STOPPED, PortalStatus.HANDED_OVER)
]
_COLUMNS: Final = "d.id, d.code, d.submission_number, d.unit_name, d.status, d.returned, d.submitted_at"
_OPEN: Final = """d.unit_id = ANY(:units) AND d.procedure ->> 'code' = :procedure AND d.status <> ALL(:ended)
    ORDER BY d.submitted_at DESC, d.id DESC LIMIT 20"""

# By index person_identity, whatever the planner thinks of a newest-first list, then the dossiers' primary key. A command that has
# been answered made one of them itself: its repetition is told of none.
_OF_PERSON: Final = Statement(f"""
    WITH theirs AS MATERIALIZED (SELECT dossier FROM person WHERE identity_index = :index)
    SELECT {_COLUMNS} FROM theirs JOIN dossier d ON d.id = theirs.dossier
    WHERE NOT EXISTS (SELECT FROM command c WHERE c.key = :key AND c.actor = :actor AND c.status IS NOT NULL) AND {_OPEN}
""")  # noqa: S608 -- constants
# By primary key, then as above.
_BESIDE: Final = Statement(f"""
    WITH theirs AS MATERIALIZED (
        SELECT p.dossier FROM person own JOIN person p ON p.identity_index = own.identity_index
        WHERE own.dossier = :dossier AND p.dossier <> own.dossier)
    SELECT {_COLUMNS} FROM theirs JOIN dossier d ON d.id = theirs.dossier WHERE {_OPEN}
""")  # noqa: S608 -- constants


async def of_person(
    connection: AsyncConnection, identity_index: bytes, procedure: str, units: Collection[str], key: str, actor: str
) -> Sequence[Any]:
    """At these units, newest first; none to the repetition of a command that was done under this key."""
    values = {"index": identity_index, "key": key, "actor": actor} | _open(procedure, units)
    return await _OF_PERSON.rows(connection, values)


async def beside(connection: AsyncConnection, dossier: str, procedure: str, units: Collection[str]) -> Sequence[Any]:
    """Those of this dossier's applicant."""
    return await _BESIDE.rows(connection, {"dossier": dossier} | _open(procedure, units))


def _open(procedure: str, units: Collection[str]) -> dict[str, Any]:
    return {"procedure": procedure, "units": sorted(units), "ended": _ENDED}
