"""An officer is away, and who stands in."""

from collections.abc import Iterable
from typing import Final

from chassis.process import Process
from contracts.values import Role
from messaging.command_table import Answer, Command, CommandEntry, CommandKey, Load, UnitOfWork
from services.routing.commands.case import STAFF, worker
from services.routing.domain.absence import Absence, note_absence
from services.routing.repository.absences import ABSENCES
from services.routing.schemas.requests import NoteAbsence
from web import correlation
from web.principal import Principal


def _note_absence(command: Command[NoteAbsence], work: UnitOfWork) -> Answer:
    """Who may is asked of the officer's posts."""
    body, by = command.body, command.by
    absence = Absence(**dict(body), noted_by=by.staff_id)
    noted = note_absence(absence, work.get(STAFF, body.officer), work.get(STAFF, body.deputy), by.units(Role.LEADER))
    work.save(ABSENCES, noted)
    return Answer(NoteAbsence.model_validate(noted).model_dump(mode="json"))


def _absent(command: Command[NoteAbsence], _: UnitOfWork) -> Iterable[str]:
    yield command.body.officer


def _absent_and_deputy(command: Command[NoteAbsence], _: UnitOfWork) -> Iterable[str]:
    return {command.body.officer, command.body.deputy}


ENTRIES: Final = (
    CommandEntry(
        body=NoteAbsence,
        handler=_note_absence,
        may=worker,
        loads=(Load(ABSENCES, _absent), Load(STAFF, _absent_and_deputy)),
    ),
)


async def note(process: Process, person: Principal, request: NoteAbsence, key: str) -> NoteAbsence:
    """Raises a Refusal, and then nothing has happened."""
    command = Command(
        body=request,
        by=person,
        target=request.officer,
        key=CommandKey.of(key, person.staff_id, "note absence", request.model_dump_json()),
        correlation=correlation.current(),
    )
    return NoteAbsence.model_validate((await process.commands.run(command)).body)
