"""The same person, the same procedure, again? What a clerk sees before one more is received; nothing is refused for it.

Only dossiers of the clerk's own units: that somebody has handed in elsewhere is not theirs to know.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.process import Process
from contracts.civil import civil_moment
from contracts.identity import Identity
from contracts.values import PortalStatus, Role
from services.intake.adapters.keys import keys_of
from services.intake.adapters.seal import identity_index
from services.intake.domain.dossier import Dossier
from services.intake.repository import others
from web.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherDossier:
    """`known_by`: its code, or its submission number before it has one."""

    id: str
    known_by: str
    unit_name: str
    status: PortalStatus
    returned: bool
    submitted_at: datetime


async def others_of_person(
    process: Process, clerk: Principal, identity: Identity, procedure: str, key: str
) -> Sequence[OtherDossier]:
    """`key`: the Idempotency-Key under which one more would be received."""
    index = identity_index(keys_of(process.settings), identity)
    async with process.reads.connect() as connection:
        rows = await others.of_person(connection, index, procedure, clerk.units(Role.CLERK), key, clerk.staff_id)
    return [_other(row) for row in rows]


async def others_beside(process: Process, clerk: Principal, dossier: Dossier) -> Sequence[OtherDossier]:
    """None once the applicant is forgotten."""
    async with process.reads.connect() as connection:
        rows = await others.beside(connection, dossier.id, dossier.procedure.code, clerk.units(Role.CLERK))
    return [_other(row) for row in rows]


def _other(row: Any) -> OtherDossier:
    return OtherDossier(
        id=row.id,
        known_by=row.code or row.submission_number,
        unit_name=row.unit_name,
        status=PortalStatus(row.status),
        returned=row.returned,
        submitted_at=civil_moment(row.submitted_at),
    )
