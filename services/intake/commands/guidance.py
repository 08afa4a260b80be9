"""A guidance turn, recorded by the clerk who gave it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final

from chassis.process import Process
from contracts.civil import civil_day
from contracts.intake import ProcedureRef, UnitRef
from contracts.values import ProcedureCode, Role
from messaging.command_table import Answer, Command, CommandEntry, Load, UnitOfWork
from services.intake.adapters.keys import keys_of
from services.intake.adapters.seal import command_key
from services.intake.domain.guidance import Guidance, new_guidance_id
from services.intake.domain.offers import version_in_force
from services.intake.domain.promise import reception_time, require_recent
from services.intake.handlers.guidance import give_guidance as give
from services.intake.repository.guidance import TURNS
from services.intake.repository.offers import CALENDARS, PROCEDURES, UNITS
from services.intake.repository.reference import no_such_procedure, no_such_unit
from services.intake.schemas.requests import GiveGuidance
from services.intake.schemas.views import GivenGuidance
from services.intake.settings import intake_settings
from web import correlation
from web.principal import Principal


@dataclass(frozen=True, slots=True)
class DatedGuidance:
    """`dated_back`: by how many working days it may be at most."""

    request: GiveGuidance
    dated_back: int


async def give_guidance(process: Process, clerk: Principal, body: GiveGuidance, key: str) -> Answer:
    command = Command(
        body=DatedGuidance(body, intake_settings(process.settings).reception_dated_back),
        by=clerk,
        target=new_guidance_id(),
        key=command_key(keys_of(process.settings), key, clerk.staff_id, "POST guidance", body),
        correlation=correlation.current(),
    )
    return await process.commands.run(command)


def _give(command: Command[DatedGuidance], work: UnitOfWork) -> Answer:
    body = command.body.request
    at = reception_time(body.at, work.now)
    here = work.get(UNITS, body.unit)
    if here is None:
        raise no_such_unit(body.unit)
    calendar = work.get(CALENDARS, here.calendar)
    if calendar is not None:
        require_recent(calendar, at, work.now, command.body.dated_back)
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


def _clerk_of_the_unit(command: Command[DatedGuidance], _: UnitOfWork) -> None:
    command.by.require(Role.CLERK, command.body.request.unit)


def _unit(command: Command[DatedGuidance], _: UnitOfWork) -> Iterable[str]:
    yield command.body.request.unit


def _procedures(command: Command[DatedGuidance], _: UnitOfWork) -> Iterable[str]:
    if command.body.request.procedure is not None:
        yield command.body.request.procedure


def _calendar_of_the_unit(command: Command[DatedGuidance], work: UnitOfWork) -> Iterable[str]:
    here = work.get(UNITS, command.body.request.unit)
    if here is not None:
        yield here.calendar


ENTRIES: Final = (
    CommandEntry(
        body=DatedGuidance,
        handler=_give,
        may=_clerk_of_the_unit,
        loads=(Load(UNITS, _unit), Load(PROCEDURES, _procedures), Load(CALENDARS, _calendar_of_the_unit)),
    ),
)
