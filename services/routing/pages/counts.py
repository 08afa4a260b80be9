"""What stands beside the pages of the sidebar."""

from fastapi import APIRouter

from contracts.values import Role
from services.routing.access import units_of
from services.routing.pages.screen import CurrentScreen
from services.routing.repository import lists
from services.routing.schemas import WorkCounts

router = APIRouter(include_in_schema=False)


@router.get("/routing/counts.json")
async def counts(screen: CurrentScreen) -> WorkCounts:
    """Of the list that the person's work begins with, and what nobody has in the units that they lead."""
    person, now = screen.person, screen.process.clock()
    async with screen.process.reads.connect() as connection:
        mine = await lists.counts(connection, units_of(person), now, person.staff_id if person.has(Role.OFFICER) else None)
        led = sorted(person.units(Role.LEADER))
        unassigned = (await lists.counts(connection, led, now)).unassigned if led else None
    return WorkCounts(mine=mine.open, late=mine.late, unassigned=unassigned)
