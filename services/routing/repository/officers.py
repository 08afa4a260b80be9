"""Who is an officer of which unit, and how much each has to do: what assignment and the leader's choice are made from."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.envelope import Envelope
from contracts.intake import DossierAcceptedV1
from services.routing.domain.assignment import Competent, Ledger, Load
from services.routing.domain.history import Person

# By index state_copy_staff_posts.
_OFFICERS = text("""
    SELECT given.unit, c.id, c.value ->> 'name' AS name, post -> 'fields' AS fields
    FROM unnest(CAST(:units AS text[])) AS given (unit)
    JOIN state_copy c ON c.topic = 'directory.staff'
     AND c.value @> jsonb_build_object('active', true, 'posts', jsonb_build_array(
            jsonb_build_object('unit', given.unit, 'role', 'officer')))
    CROSS JOIN jsonb_array_elements(c.value -> 'posts') AS post
    WHERE post ->> 'unit' = given.unit AND post ->> 'role' = 'officer'
    ORDER BY given.unit, c.value ->> 'name', c.id
""")
# Per officer by indexes case_officer_open and case_officer_assigned.
_LOADS = text("""
    SELECT given.officer, count.open, newest.assigned_at
    FROM unnest(CAST(:officers AS text[])) AS given (officer)
    CROSS JOIN LATERAL (SELECT count(*) AS open FROM routing_case c
                        WHERE c.officer = given.officer AND c.decided_at IS NULL) AS count
    JOIN LATERAL (SELECT c.assigned_at FROM routing_case c WHERE c.officer = given.officer
                  ORDER BY c.assigned_at DESC LIMIT 1) AS newest ON true
""")


async def officers(connection: AsyncConnection, units: Sequence[str]) -> dict[str, list[Competent]]:
    """The active officers of each unit, by name; several posts of one person in a unit are one, which covers all their fields."""
    rows = (await connection.execute(_OFFICERS, {"units": list(units)})).all()
    found: dict[str, dict[str, Competent]] = {unit: {} for unit in units}
    for row in rows:
        post, of_unit = Competent(Person(row.id, row.name), frozenset(row.fields or ())), found[row.unit]
        of_unit[row.id] = _together(of_unit[row.id], post) if row.id in of_unit else post
    return {unit: list(by_id.values()) for unit, by_id in found.items()}


def _together(one: Competent, other: Competent) -> Competent:
    return Competent(one.person, one.fields | other.fields if one.fields and other.fields else frozenset())


async def loads(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, Load]:
    """Open cases per officer over all units, for those who ever had one."""
    rows = await connection.execute(_LOADS, {"officers": list(ids)})
    return {row.officer: Load(row.open, row.assigned_at) for row in rows}


async def ledger(connection: AsyncConnection, envelopes: Sequence[Envelope]) -> Ledger:
    """What assigning this batch's dossiers takes, in two queries."""
    units = sorted({e.data.competent_unit.id for e in envelopes if isinstance(e.data, DossierAcceptedV1)})
    if not units:
        return Ledger()
    posts = await officers(connection, units)
    known = sorted({post.person.id for of_unit in posts.values() for post in of_unit})
    return Ledger(posts, await loads(connection, known))
