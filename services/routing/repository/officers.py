"""Who is an officer of which unit, and how much each has to do: what assignment and the leader's choice are made from."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.envelope import Envelope
from contracts.intake import DossierAcceptedV1
from messaging.statements import Statement
from services.routing.domain.absence import Absence
from services.routing.domain.assignment import Competent, Ledger, Load
from services.routing.domain.history import Person
from services.routing.repository.absences import absence_of

# By index state_copy_staff_posts, and absences by primary key.
_OFFICERS = Statement("""
    SELECT given.unit, c.id, c.value ->> 'name' AS name, post -> 'fields' AS fields,
           a.officer, a.deputy, a.first_day, a.last_day, a.noted_by
    FROM unnest(CAST(:units AS text[])) AS given (unit)
    JOIN state_copy c ON c.topic = 'directory.staff'
     AND c.value @> jsonb_build_object('active', true, 'posts', jsonb_build_array(
            jsonb_build_object('unit', given.unit, 'role', 'officer')))
    CROSS JOIN jsonb_array_elements(c.value -> 'posts') AS post
    LEFT JOIN absence a ON a.officer = c.id
    WHERE post ->> 'unit' = given.unit AND post ->> 'role' = 'officer'
    ORDER BY given.unit, c.value ->> 'name', c.id
""")
# By indexes open_count_officer and case_officer_assigned.
_LOADS = Statement("""
    SELECT given.officer, kept.open, newest.assigned_at
    FROM unnest(CAST(:officers AS text[])) AS given (officer)
    CROSS JOIN LATERAL (SELECT CAST(COALESCE(sum(o.cases), 0) AS bigint) AS open FROM open_count o
                        WHERE o.officer = given.officer) AS kept
    JOIN LATERAL (SELECT c.assigned_at FROM routing_case c WHERE c.officer = given.officer
                  ORDER BY c.assigned_at DESC LIMIT 1) AS newest ON true
""")


async def officers_of(connection: AsyncConnection, units: Sequence[str]) -> dict[str, list[Competent]]:
    """The active officers of each unit, by name; several posts of one person in a unit are one, which covers all their fields."""
    by_unit: dict[str, dict[str, Competent]] = {unit: {} for unit in units}
    for row in await _OFFICERS.rows(connection, {"units": list(units)}):
        post, officers = Competent(Person(row.id, row.name), frozenset(row.fields or ()), _absence(row)), by_unit[row.unit]
        officers[row.id] = _merged(officers[row.id], post) if row.id in officers else post
    return {unit: list(officers.values()) for unit, officers in by_unit.items()}


def _merged(post: Competent, other: Competent) -> Competent:
    return Competent(post.person, post.fields | other.fields if post.fields and other.fields else frozenset(), post.absence)


def _absence(row: Any) -> Absence | None:
    return None if row.officer is None else absence_of(row)


async def loads_of(connection: AsyncConnection, officers: Iterable[str]) -> dict[str, Load]:
    """Open cases per officer over all units, for those who ever had one."""
    rows = await _LOADS.rows(connection, {"officers": sorted(officers)})
    return {row.officer: Load(row.open, row.assigned_at) for row in rows}


async def load_ledger(connection: AsyncConnection, envelopes: Sequence[Envelope]) -> Ledger:
    """What assigning this batch's dossiers takes, in two queries."""
    facts = [envelope.data for envelope in envelopes]
    units = sorted({fact.competent_unit.id for fact in facts if isinstance(fact, DossierAcceptedV1)})
    if not units:
        return Ledger()
    posts = await officers_of(connection, units)
    return Ledger(posts, await loads_of(connection, {post.person.id for of_unit in posts.values() for post in of_unit}))
