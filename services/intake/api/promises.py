"""What a changed calendar would do, asked before it is imported."""

from fastapi import APIRouter

from chassis.process import CurrentProcess
from contracts.values import Role
from services.intake.access import CalendarKeeper
from services.intake.queries.promises import preview_of
from services.intake.schemas.promises import ChangedCalendar, PromisesPreview

router = APIRouter(prefix="/api/intake", tags=["promises"])


@router.post("/promises/preview")
async def preview(process: CurrentProcess, person: CalendarKeeper, body: ChangedCalendar) -> PromisesPreview:
    """How many open promises the calendar would move, from which day to which, by unit. A leader sees the units that they lead.
    Nothing is changed, and no dossier is named.
    """
    everywhere = person.has(Role.ADMIN) or person.has(Role.OPERATOR)
    return await preview_of(process, body, None if everywhere else sorted(person.units(Role.LEADER)))
