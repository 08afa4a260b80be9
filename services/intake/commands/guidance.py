"""A guidance turn, recorded by the clerk who gave it."""

from collections.abc import Iterable
from datetime import datetime
from http import HTTPStatus
from typing import Final

from chassis.process import Process
from contracts.civil import civil_day
from contracts.intake import ProcedureRef, UnitRef
from contracts.values import ProcedureCode, Role
from messaging.command_table import Answer, Command, CommandEntry, CommandKey, Load, UnitOfWork
from services.intake.domain.guidance import Guidance, new_guidance_id
from services.intake.domain.offers import version_in_force
from services.intake.domain.promise import reception_time
from services.intake.handlers.guidance import give_guidance as give
from services.intake.repository.guidance import TURNS
from services.intake.repository.offers import PROCEDURES, UNITS
from services.intake.repository.reference import no_such_procedure, no_such_unit
from services.intake.schemas.requests import GiveGuidance
from services.intake.schemas.views import GivenGuidance
from web import correlation
from web.principal import Principal


async def give_guidance(process: Process, clerk: Principal, body: GiveGuidance, key: str) -> Answer:
    command = Command(
        body=body,
        by=clerk,
        target=new_guidance_id(),
        key=CommandKey.of(key, clerk.staff_id, "POST guidance", body.model_dump_json()),
        correlation=correlation.current(),
    )
    return await process.commands.run(command)


def _give(command: Command[GiveGuidance], work: UnitOfWork) -> Answer:
    body = command.body
    at = reception_time(body.at, work.now)
    here = work.get(UNITS, body.unit)
    if here is None:
        raise no_such_unit(body.unit)
    turn = Guidance(
        id=command.target,
        lane=here.tier.lane,
        version=0,
        unit=UnitRef(id=here.id, name=here.name),
        kind=body.kind,
        procedure=_procedure(body.procedure, at, work),
        dossier=None,
        at=at,
        by=command.by.staff_id,
    )
    work.record(TURNS, give(turn))
    return Answer(GivenGuidance(id=turn.id).model_dump(), HTTPStatus.CREATED)


def _procedure(code: ProcedureCode | None, at: datetime, work: UnitOfWork) -> ProcedureRef | None:
    if code is None:
        return None
    procedure = work.get(PROCEDURES, code)
    if procedure is None:
        raise no_such_procedure(code)
    version = version_in_force(procedure, civil_day(at))
    return ProcedureRef(code=procedure.code, **version.model_dump(include={"version", "title", "field", "field_title"}))


def _clerk_of_the_unit(command: Command[GiveGuidance], _: UnitOfWork) -> None:
    command.by.require(Role.CLERK, command.body.unit)


def _unit(command: Command[GiveGuidance], _: UnitOfWork) -> Iterable[str]:
    yield command.body.unit


def _procedures(command: Command[GiveGuidance], _: UnitOfWork) -> Iterable[str]:
    if command.body.procedure is not None:
        yield command.body.procedure


ENTRIES: Final = (
    CommandEntry(
        body=GiveGuidance, handler=_give, may=_clerk_of_the_unit, loads=(Load(UNITS, _unit), Load(PROCEDURES, _procedures))
    ),
)
