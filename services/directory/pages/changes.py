"""The difference that is confirmed, and the history of what was changed."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.process import CurrentProcess
from contracts.values import Identifier
from services.directory.access import Administrator
from services.directory.commands import changes
from services.directory.domain.proposals import ChangedMeanwhile
from services.directory.queries.changes import read_history
from web.idempotency import IdempotencyKey
from web.pages import CurrentPages
from web.paging import After

router = APIRouter(prefix="/directory", include_in_schema=False)
MOST_SHOWN = 100
"""Lines on a page; how many more there are is said."""


@router.get("/changes/{change}")
async def show(
    request: Request,
    change: Identifier,
    pages: CurrentPages,
    process: CurrentProcess,
    person: Administrator,
    why: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    proposed = await changes.show_proposal(process, person, change)
    return pages.render(request, "difference.html", proposed=proposed, most=MOST_SHOWN, again=why == "meanwhile")


@router.post("/changes/{change}")
async def confirm(change: Identifier, process: CurrentProcess, person: Administrator, key: IdempotencyKey) -> Response:
    """What has changed meanwhile is shown again first."""
    try:
        await changes.confirm(process, person, change, key)
    except ChangedMeanwhile:
        return RedirectResponse(f"/directory/changes/{change}?why=meanwhile", HTTPStatus.SEE_OTHER)
    return RedirectResponse("/directory/history?done=yes", HTTPStatus.SEE_OTHER)


@router.get("/history")
async def history(
    request: Request,
    pages: CurrentPages,
    process: CurrentProcess,
    person: Administrator,
    of: Annotated[str, Query(max_length=80)] = "",
    after: After = None,
    done: Annotated[str, Query(max_length=3)] = "",
) -> Response:
    page = await read_history(process, person, of.strip(), after=after)
    return pages.render(request, "history.html", page=page, of=of, done=bool(done))
