"""What is done to a dossier that exists: by a clerk of its unit, on the version that they have seen."""

from collections.abc import Awaitable, Callable

from pydantic import BaseModel

from chassis.process import Process
from contracts.civil import civil_day
from contracts.values import HandOver, Role
from messaging.commands import Answer, CommandKey, UnitOfWork
from services.intake import bodies, people
from services.intake.commands.saving import answer, save
from services.intake.domain import promising
from services.intake.domain.codes import mint
from services.intake.domain.dossier import Dossier
from services.intake.domain.guidance import new_guidance_id
from services.intake.domain.offers import Offer
from services.intake.handlers import desk
from services.intake.keys import Keys
from services.intake.repository import counters, dossiers, guidance, reference
from services.intake.repository import people as stored
from services.intake.repository.orders import Orders
from services.intake.settings import keys_of
from web import correlation
from web.conditional import require_current
from web.principal import Principal

Step = Callable[[UnitOfWork, Dossier], Awaitable[Dossier]]


async def accept(process: Process, clerk: Principal, dossier: str, seen: int, body: bodies.Acceptance, key: str) -> Answer:
    """Code, promised date and, where the post delivers, its order planned: all of it or nothing."""
    keys = keys_of(process.settings)

    async def step(unit: UnitOfWork, found: Dossier) -> Dossier:
        at = promising.received(body.received_at, unit.now, not_before=found.submitted_at)
        day = civil_day(at)
        offer = await reference.offer_of(unit.connection, found.unit.id, found.procedure.code, day)
        counter, code = mint(await counters.lock(unit.connection, found.unit.id, day), offer.code_width)
        more = None if body.papers is None else tuple(body.papers)
        accepted = await save(unit, desk.accept(found, desk.Acceptance(offer, code, at, clerk.staff_id, more), unit.now))
        if accepted.hand_over is HandOver.POST:
            recipient = await _recipient(unit, keys, accepted.id)
            await Orders().save(unit.connection, [desk.plan_order(accepted, recipient)])
        await counters.save(unit.connection, counter)
        return accepted

    return await _change(process, clerk, dossier, seen, "accept", body, key, step)


async def return_for_papers(process: Process, clerk: Principal, dossier: str, seen: int, body: bodies.Return, key: str) -> Answer:
    """Form 02, and the guidance turn that explaining it is."""

    async def step(unit: UnitOfWork, found: Dossier) -> Dossier:
        reasons = {line.code: line.reason for line in body.missing}
        offer = await _offer_today(unit, found)
        returned = await save(unit, desk.return_for_papers(found, reasons, offer, unit.now, clerk.staff_id))
        turn = desk.guidance_of_return(new_guidance_id(), found, unit.now, clerk.staff_id)
        await guidance.save(unit.connection, await unit.record_events(desk.give_guidance(turn)))
        return returned

    return await _change(process, clerk, dossier, seen, "return", body, key, step)


async def resubmit(process: Process, clerk: Principal, dossier: str, seen: int, body: bodies.Resubmission, key: str) -> Answer:
    async def step(unit: UnitOfWork, found: Dossier) -> Dossier:
        return await _resubmitted(unit, found, body, clerk.staff_id)

    return await _change(process, clerk, dossier, seen, "resubmit", body, key, step)


async def resubmit_by_citizen(process: Process, dossier: str, seen: int, body: bodies.Resubmission, key: str) -> Answer:
    """By the citizen, whom the dossier's secret has identified."""

    async def work(unit: UnitOfWork) -> Answer:
        found = await dossiers.lock(unit.connection, dossier)
        require_current(seen, found.version)
        return answer(await _resubmitted(unit, found, body, None))

    command = CommandKey.of(key, f"citizen:{dossier}", f"POST dossiers/{dossier}/resubmit", body.model_dump_json())
    return await process.commands.run(command, work, correlation=correlation.request_id.get())


async def refuse(process: Process, clerk: Principal, dossier: str, seen: int, body: bodies.Refusing, key: str) -> Answer:
    async def step(unit: UnitOfWork, found: Dossier) -> Dossier:
        return await save(unit, desk.refuse(found, body.reason, unit.now, clerk.staff_id))

    return await _change(process, clerk, dossier, seen, "refuse", body, key, step)


async def hand_over(process: Process, clerk: Principal, dossier: str, seen: int, body: bodies.HandingOver, key: str) -> Answer:
    async def step(unit: UnitOfWork, found: Dossier) -> Dossier:
        return await save(unit, desk.hand_over(found, unit.now, clerk.staff_id))

    return await _change(process, clerk, dossier, seen, "hand-over", body, key, step)


async def _change(
    process: Process, clerk: Principal, dossier: str, seen: int, act: str, body: BaseModel, key: str, step: Step
) -> Answer:
    async def work(unit: UnitOfWork) -> Answer:
        found = await dossiers.lock(unit.connection, dossier)
        clerk.require(Role.CLERK, found.unit.id)
        require_current(seen, found.version)
        return answer(await step(unit, found))

    command = CommandKey.of(key, clerk.staff_id, f"POST dossiers/{dossier}/{act}", body.model_dump_json())
    return await process.commands.run(command, work, correlation=correlation.request_id.get())


async def _resubmitted(unit: UnitOfWork, found: Dossier, body: bodies.Resubmission, by: str | None) -> Dossier:
    offer = await _offer_today(unit, found)
    return await save(unit, desk.resubmit(found, body.papers, offer, unit.now, unit.now, by))


async def _offer_today(unit: UnitOfWork, found: Dossier) -> Offer:
    today = civil_day(unit.now)
    return await reference.offer_of(unit.connection, found.unit.id, found.procedure.code, today)


async def _recipient(unit: UnitOfWork, keys: Keys, dossier: str) -> str:
    person = await stored.one(unit.connection, dossier)
    if person is None:
        raise people.Forgotten
    return people.recipient_for_post(keys, people.open_applicant(keys, dossier, person.sealed))
