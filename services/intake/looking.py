"""Reading for API and pages alike: a dossier with all that belongs to it, a unit's list, a known citizen."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from chassis.process import Process
from contracts.civil import civil_day
from contracts.values import PortalStatus
from services.intake import people
from services.intake.domain.dossier import Dossier
from services.intake.people import Applicant
from services.intake.repository import dossiers, lists, reference
from services.intake.repository import people as stored
from services.intake.searching import read_search
from services.intake.settings import keys_of


@dataclass(frozen=True, slots=True)
class Sight:
    """`applicant` and `secret` are None once forgotten."""

    dossier: Dossier
    history: list[Any]
    applicant: Applicant | None
    secret: str | None


async def dossier_with_all(process: Process, dossier: str) -> Sight:
    """Raises NoSuchDossier. Who may see it is the caller's to ask."""
    async with process.database.connect() as connection:
        found = await dossiers.one(connection, dossier)
        history = await dossiers.history(connection, dossier)
        person = await stored.one(connection, dossier)
    keys = keys_of(process.settings)
    if person is None:
        return Sight(found, history, None, None)
    applicant = people.open_applicant(keys, dossier, person.sealed)
    return Sight(found, history, applicant, people.open_secret(keys, dossier, person.secret_sealed))


async def secret_of(process: Process, dossier: str) -> str | None:
    async with process.database.connect() as connection:
        person = await stored.one(connection, dossier)
    return None if person is None else people.open_secret(keys_of(process.settings), dossier, person.secret_sealed)


async def known_applicant(process: Process, identity_number: str, units: Collection[str]) -> Applicant | None:
    """As they were in their newest dossier at one of these units."""
    keys = keys_of(process.settings)
    async with process.database.connect() as connection:
        found = await stored.known(connection, people.identity_index(keys, identity_number), units)
    return None if found is None else people.open_applicant(keys, found.dossier, found.sealed)


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a list: the row, and the name that only its key opens."""

    row: Any
    name: str | None


@dataclass(frozen=True, slots=True)
class List:
    lines: list[Listed]
    next: str | None


async def dossiers_of(process: Process, unit: str, status: PortalStatus | None, q: str, after: str | None) -> List:
    """Raises NotCopied for an unknown unit, Invalid for a place that cannot be read."""
    keys = keys_of(process.settings)
    place = lists.Place.read(after) if after else None
    async with process.database.connect() as connection:
        width = (await reference.unit(connection, unit)).code_width
        search = read_search(keys, q, unit, civil_day(process.clock()), width)
        found = await lists.page(connection, unit, status, search, place)
    lines = [
        Listed(row, None if row.sealed is None else people.open_applicant(keys, row.id, row.sealed).name) for row in found.rows
    ]
    return List(lines, None if found.next is None else found.next.token())
