"""What stands beside the pages of the sidebar."""

from fastapi import APIRouter

from services.routing.pages.screen import CurrentScreen
from services.routing.queries.lists import work_counts
from services.routing.queries.signature import to_sign
from services.routing.schemas.views import WorkCounts

router = APIRouter(include_in_schema=False)


@router.get("/routing/counts.json")
async def counts(screen: CurrentScreen) -> WorkCounts:
    async with screen.process.reads.connect() as connection:
        now = screen.process.clock()
        counts = await work_counts(connection, screen.person, now)
        return counts.model_copy(update={"to_sign": await to_sign(connection, screen.person, now)})
