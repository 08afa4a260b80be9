"""What is done to a dossier that exists: by a clerk of its unit or by who has its secret, on the version that they have seen."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from pydantic import BaseModel

from chassis.process import CurrentProcess, Process
from contracts.civil import civil_day
from contracts.values import HandOver, Identifier
from messaging.commands import Answer, CommandKey, UnitOfWork
from services.intake.access import Clerk, require_clerk_of
from services.intake.adapters.keys import Keys, keys_of
from services.intake.adapters.seal import open_applicant, recipient_for_post
from services.intake.commands.result import answer, run, save
from services.intake.domain.applicant import Forgotten
from services.intake.domain.codes import mint
from services.intake.domain.dossier import Dossier
from services.intake.domain.guidance import new_guidance_id
from services.intake.domain.offers import Offer
from services.intake.domain.promise import reception_time
from services.intake.handlers import dossier as handlers
from services.intake.handlers.guidance import give_guidance, guidance_of_return
from services.intake.handlers.post import plan_order
from services.intake.repository import counters, dossiers, guidance, people, reference
from services.intake.repository.orders import Orders
from services.intake.schemas.requests import AcceptDossier, HandOverResult, RefuseDossier, ResubmitDossier, ReturnDossier
from web.conditional import IfMatch, require_current
from web.idempotency import IdempotencyKey

Change = Callable[[UnitOfWork, Dossier], Awaitable[Dossier]]


@dataclass(frozen=True, kw_only=True)
class DossierCommand:
    """What every clerk's command on a dossier comes with, from the API and from a page alike, besides its body.

    `seen` is the version that the clerk decided on; `key` makes it effectively once.
    """

    process: CurrentProcess
    clerk: Clerk
    dossier: Identifier
    seen: IfMatch
    key: IdempotencyKey


CurrentCommand = Annotated[DossierCommand, Depends()]


async def accept(command: DossierCommand, body: AcceptDossier) -> Answer:
    """Code, promised date and, where the post delivers, its order planned: all of it or nothing."""
    keys = keys_of(command.process.settings)
    by = command.clerk.staff_id

    async def change(unit: UnitOfWork, dossier: Dossier) -> Dossier:
        at = reception_time(body.received_at, unit.now, not_before=dossier.submitted_at)
        day = civil_day(at)
        offer = await reference.offer_of(unit.connection, dossier.unit.id, dossier.procedure.code, day)
        counter, code = mint(await counters.lock(unit.connection, dossier.unit.id, day), offer.code_width)
        more = None if body.papers is None else tuple(body.papers)
        acceptance = handlers.Acceptance(offer=offer, code=code, at=at, by=by, papers=more)
        accepted = await save(unit, handlers.accept(dossier, acceptance, unit.now))
        if accepted.hand_over is HandOver.POST:
            recipient = await _recipient(unit, keys, accepted.id)
            await Orders().save(unit.connection, [plan_order(accepted, recipient)])
        await counters.save(unit.connection, counter)
        return accepted

    return await _change(command, "accept", body, change)


async def return_for_papers(command: DossierCommand, body: ReturnDossier) -> Answer:
    """Form 02, and the guidance turn that explaining it is."""
    by = command.clerk.staff_id

    async def change(unit: UnitOfWork, dossier: Dossier) -> Dossier:
        reasons = {line.code: line.reason for line in body.missing}
        offer = await _offer_today(unit, dossier)
        returned = await save(unit, handlers.return_for_papers(dossier, reasons, offer, unit.now, by))
        turn = guidance_of_return(new_guidance_id(), dossier, unit.now, by)
        await guidance.save(unit.connection, await unit.record_events(give_guidance(turn)))
        return returned

    return await _change(command, "return", body, change)


async def resubmit(command: DossierCommand, body: ResubmitDossier) -> Answer:
    async def change(unit: UnitOfWork, dossier: Dossier) -> Dossier:
        return await _resubmitted(unit, dossier, body, command.clerk.staff_id)

    return await _change(command, "resubmit", body, change)


async def resubmit_by_citizen(process: Process, dossier: str, seen: int, body: ResubmitDossier, key: str) -> Answer:
    """By the citizen, whom the dossier's secret has identified."""

    async def work(unit: UnitOfWork) -> Answer:
        before = await dossiers.lock(unit.connection, dossier)
        require_current(seen, before.version)
        return answer(await _resubmitted(unit, before, body, None))

    command = CommandKey.of(key, f"citizen:{dossier}", f"POST dossiers/{dossier}/resubmit", body.model_dump_json())
    return await run(process, command, work)


async def refuse(command: DossierCommand, body: RefuseDossier) -> Answer:
    async def change(unit: UnitOfWork, dossier: Dossier) -> Dossier:
        return await save(unit, handlers.refuse(dossier, body.reason, unit.now, command.clerk.staff_id))

    return await _change(command, "refuse", body, change)


async def hand_over(command: DossierCommand, body: HandOverResult) -> Answer:
    async def change(unit: UnitOfWork, dossier: Dossier) -> Dossier:
        return await save(unit, handlers.hand_over(dossier, unit.now, command.clerk.staff_id))

    return await _change(command, "hand-over", body, change)


async def _change(command: DossierCommand, action: str, body: BaseModel, change: Change) -> Answer:
    async def work(unit: UnitOfWork) -> Answer:
        before = await dossiers.lock(unit.connection, command.dossier)
        require_clerk_of(command.clerk, before)
        require_current(command.seen, before.version)
        return answer(await change(unit, before))

    route = f"POST dossiers/{command.dossier}/{action}"
    return await run(command.process, CommandKey.of(command.key, command.clerk.staff_id, route, body.model_dump_json()), work)


async def _resubmitted(unit: UnitOfWork, dossier: Dossier, body: ResubmitDossier, by: str | None) -> Dossier:
    offer = await _offer_today(unit, dossier)
    return await save(unit, handlers.resubmit(dossier, body.papers, offer, unit.now, unit.now, by))


async def _offer_today(unit: UnitOfWork, dossier: Dossier) -> Offer:
    today = civil_day(unit.now)
    return await reference.offer_of(unit.connection, dossier.unit.id, dossier.procedure.code, today)


async def _recipient(unit: UnitOfWork, keys: Keys, dossier: str) -> str:
    person = await people.find(unit.connection, dossier)
    if person is None:
        raise Forgotten
    return recipient_for_post(keys, open_applicant(keys, dossier, person.sealed))
