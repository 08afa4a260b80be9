"""The public catalogue: what papers to bring, how long it takes, what it costs, who receives and who decides."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from chassis.process import CurrentProcess
from contracts.values import ProcedureCode
from services.directory.queries.procedures import search_catalogue, show_procedure
from services.directory.queries.receiving_units import receiving_units
from web.pages import CurrentPages
from web.signin import Visitor

router = APIRouter(prefix="/directory/procedures", include_in_schema=False)


@router.get("")
async def catalogue(
    request: Request,
    pages: CurrentPages,
    process: CurrentProcess,
    _: Visitor,
    field: Annotated[str, Query(max_length=80)] = "",
    q: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    procedures = await search_catalogue(process, field, q.strip())
    return pages.render(request, "procedures.html", catalogue=procedures, field=field, q=q)


@router.get("/{code}")
async def procedure(
    request: Request,
    code: ProcedureCode,
    pages: CurrentPages,
    process: CurrentProcess,
    _: Visitor,
    version: Annotated[int | None, Query(ge=1, le=10_000)] = None,
    near: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """The version in force today, or any other that is asked for."""
    detail = await show_procedure(process, code, version)
    receiving = await receiving_units(process, detail.shown, near.strip())
    return pages.render(request, "procedure.html", detail=detail, receiving=receiving, near=near, version=version)
