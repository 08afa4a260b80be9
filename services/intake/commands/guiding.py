"""A guidance turn, recorded by the clerk who gave it."""

from http import HTTPStatus

from chassis.process import Process
from contracts.civil import civil_day
from contracts.intake import ProcedureRef, UnitRef
from contracts.values import Role
from messaging.commands import Answer, CommandKey, UnitOfWork
from services.intake.bodies import GuidanceTurn
from services.intake.domain import promising
from services.intake.domain.guidance import Guidance, new_guidance_id
from services.intake.domain.offers import version_in_force
from services.intake.handlers import desk
from services.intake.repository import guidance, reference
from web import correlation
from web.principal import Principal


async def give_guidance(process: Process, clerk: Principal, body: GuidanceTurn, key: str) -> Answer:
    async def work(unit: UnitOfWork) -> Answer:
        clerk.require(Role.CLERK, body.unit)
        at = promising.received(body.at, unit.now)
        place = await reference.unit(unit.connection, body.unit)
        about = None
        if body.procedure is not None:
            procedure = await reference.procedure(unit.connection, body.procedure)
            version = version_in_force(procedure, civil_day(at))
            about = ProcedureRef(code=procedure.code, **version.model_dump(include={"version", "title", "field", "field_title"}))
        here = UnitRef(id=place.id, name=place.name)
        turn = Guidance(new_guidance_id(), place.tier.lane, 0, here, body.kind, about, None, at, clerk.staff_id)
        await guidance.save(unit.connection, await unit.record_events(desk.give_guidance(turn)))
        return Answer({"id": turn.id}, HTTPStatus.CREATED)

    command = CommandKey.of(key, clerk.staff_id, "POST guidance", body.model_dump_json())
    return await process.commands.run(command, work, correlation=correlation.request_id.get())
