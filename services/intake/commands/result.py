"""How every command ends: contact, facts, rows and history in the one transaction, and the answer that a repeat gets again.

An answer is kept in clear text with its Idempotency-Key: no name and no secret may be in it.
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from chassis.process import Process
from messaging.commands import Answer, CommandKey, UnitOfWork
from messaging.handler_table import Decision
from services.intake.domain.dossier import Dossier
from services.intake.repository import dossiers
from services.intake.schemas.views import DossierState
from web import correlation


async def run(process: Process, key: CommandKey, work: Callable[[UnitOfWork], Awaitable[Answer]]) -> Answer:
    """Once per key. What it publishes carries the request's id."""
    return await process.commands.run(key, work, correlation=correlation.request_id.get())


async def save(unit: UnitOfWork, decision: Decision[Dossier]) -> Dossier:
    """The dossier at its new version. All locks have been taken before."""
    await dossiers.announce_contacts(unit.connection, [decision.state], unit.correlation)
    state = await unit.record_events(decision)
    await dossiers.write(unit.connection, [state])
    return state


def answer(dossier: Dossier, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    return Answer(DossierState.model_validate(dossier).model_dump(mode="json"), status)
