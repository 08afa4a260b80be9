"""How every command ends: contact, facts, rows and history in the one transaction, and the answer that a repeat gets again.

An answer is kept in clear text with its Idempotency-Key: no name and no secret may be in it.
"""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from contracts.values import CIVIL_TIME
from messaging.commands import Answer, UnitOfWork
from messaging.handler_table import Decision
from services.intake.domain.dossier import Dossier
from services.intake.repository import dossiers


async def save(unit: UnitOfWork, decision: Decision[Dossier]) -> Dossier:
    """The dossier at its new version. All locks have been taken before."""
    await dossiers.announce_contacts(unit.connection, [decision.state], unit.correlation)
    state = await unit.record_events(decision)
    await dossiers.write(unit.connection, [state])
    return state


def answer(dossier: Dossier, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    return Answer(outcome(dossier), status)


def outcome(dossier: Dossier) -> dict[str, Any]:
    return {
        "id": dossier.id,
        "version": dossier.version,
        "status": int(dossier.status),
        "stage": dossier.stage,
        "submission_number": dossier.submission_number,
        "code": dossier.code,
        "promised_at": civil(dossier.promised_at),
    }


def civil(moment: datetime | None) -> str | None:
    """In civil time, as on paper, whatever zone the database answers in."""
    return None if moment is None else moment.astimezone(CIVIL_TIME).isoformat()
