"""A guidance turn, recorded by the clerk who gave it."""

from http import HTTPStatus

from chassis.process import Process
from contracts.civil import civil_day
from contracts.intake import ProcedureRef, UnitRef
from contracts.values import Role
from messaging.commands import Answer, CommandKey, UnitOfWork
from services.intake.commands.result import run
from services.intake.domain.guidance import Guidance, new_guidance_id
from services.intake.domain.offers import version_in_force
from services.intake.domain.promise import reception_time
from services.intake.handlers import guidance as handlers
from services.intake.repository import guidance, reference
from services.intake.schemas.requests import GiveGuidance
from services.intake.schemas.views import GivenGuidance
from web.principal import Principal


async def give_guidance(process: Process, clerk: Principal, body: GiveGuidance, key: str) -> Answer:
    async def work(unit: UnitOfWork) -> Answer:
        clerk.require(Role.CLERK, body.unit)
        at = reception_time(body.at, unit.now)
        here = await reference.unit(unit.connection, body.unit)
        about = None
        if body.procedure is not None:
            procedure = await reference.procedure(unit.connection, body.procedure)
            version = version_in_force(procedure, civil_day(at))
            about = ProcedureRef(code=procedure.code, **version.model_dump(include={"version", "title", "field", "field_title"}))
        turn = Guidance(
            id=new_guidance_id(),
            lane=here.tier.lane,
            version=0,
            unit=UnitRef(id=here.id, name=here.name),
            kind=body.kind,
            procedure=about,
            dossier=None,
            at=at,
            by=clerk.staff_id,
        )
        await guidance.save(unit.connection, await unit.record_events(handlers.give_guidance(turn)))
        return Answer(GivenGuidance(id=turn.id).model_dump(), HTTPStatus.CREATED)

    return await run(process, CommandKey.of(key, clerk.staff_id, "POST guidance", body.model_dump_json()), work)
