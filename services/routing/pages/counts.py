"""What stands beside the pages of the sidebar."""

from fastapi import APIRouter

from services.routing import queries
from services.routing.pages.screen import CurrentScreen
from services.routing.schemas import WorkCounts

router = APIRouter(include_in_schema=False)


@router.get("/routing/counts.json")
async def counts(screen: CurrentScreen) -> WorkCounts:
    async with screen.process.reads.connect() as connection:
        return await queries.work_counts(connection, screen.person, screen.process.clock())
