"""Who of the officers is away, and who stands in."""

from fastapi import APIRouter

from chassis.process import CurrentProcess
from services.routing.access import Worker
from services.routing.commands.absences import note
from services.routing.queries.absences import read_absences
from services.routing.schemas.requests import NoteAbsence
from services.routing.schemas.views import AbsenceList
from web.idempotency import IdempotencyKey

router = APIRouter(prefix="/api/routing/absences", tags=["absences"])


@router.get("")
async def absences(process: CurrentProcess, person: Worker) -> AbsenceList:
    """Of the officers of one's units."""
    async with process.reads.connect() as connection:
        noted, _ = await read_absences(connection, person)
    return AbsenceList(absences=[NoteAbsence.model_validate(absence) for absence in noted])


@router.post("")
async def note_absence(process: CurrentProcess, person: Worker, request: NoteAbsence, key: IdempotencyKey) -> NoteAbsence:
    """By the officer or a leader of their unit. Another one replaces it; open cases stay where they are."""
    return await note(process, person, request, key)
