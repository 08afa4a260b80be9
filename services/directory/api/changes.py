"""Changes of the register for programs of an administrator: asked for, read as a difference, confirmed; and their history."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from chassis.process import CurrentProcess
from contracts.values import Identifier
from services.directory.access import Administrator
from services.directory.api.imports import REFUSED, refuse_import
from services.directory.commands import changes
from services.directory.domain.difference import EntityChange
from services.directory.importer.faults import ImportRefused
from services.directory.importer.uploads import MOST_BYTES
from services.directory.queries.changes import read_history
from services.directory.repository.changes import PastChange
from services.directory.schemas import (
    Confirmed,
    EntityDifference,
    History,
    ImportFiles,
    PastDifference,
    ProposedDifference,
)
from web.body_bounds import BodyBounds
from web.idempotency import IdempotencyKey
from web.paging import After

router = APIRouter(prefix="/api/directory", tags=["changes"])


@router.post(
    "/changes",
    response_model=ProposedDifference,
    responses={422: REFUSED},
    dependencies=[Depends(BodyBounds(size=MOST_BYTES, values=100, keys=100, fields=100))],
)
async def propose(
    request: Request, body: ImportFiles, person: Administrator, process: CurrentProcess
) -> ProposedDifference | Response:
    """What the files would change of the units, calendars, procedures and people that one administers. Nothing changes yet."""
    try:
        proposed = await changes.propose(process, person, body.files)
    except ImportRefused as refusal:
        return refuse_import(request, refusal)
    return ProposedDifference(id=proposed.id, changes=_shown(proposed.differences))


@router.get("/changes/{change}")
async def show(change: Identifier, person: Administrator, process: CurrentProcess) -> ProposedDifference:
    """What it comes to now."""
    proposed = await changes.show_proposal(process, person, change)
    return ProposedDifference(id=proposed.id, changes=_shown(proposed.differences))


@router.post("/changes/{change}")
async def confirm(change: Identifier, person: Administrator, process: CurrentProcess, key: IdempotencyKey) -> Confirmed:
    """All of it at once, if it still comes to what was shown."""
    return await changes.confirm(process, person, change, key)


@router.get("/history")
async def history(
    person: Administrator,
    process: CurrentProcess,
    of: Annotated[str, Query(max_length=80, description="id of a unit, calendar, procedure or person")] = "",
    after: After = None,
) -> History:
    """Who changed what when, of what one administers."""
    page = await read_history(process, person, of, after=after)
    return History(changes=[_past(past) for past in page.rows], next=page.next)


def _shown(differences: Sequence[EntityChange]) -> list[EntityDifference]:
    return [EntityDifference.model_validate(asdict(change)) for change in differences]


def _past(past: PastChange) -> PastDifference:
    when = {"at": past.at, "by": past.by, "by_name": past.by_name, "left_out": past.left_out}
    return PastDifference.model_validate({**asdict(past.change), **when})
