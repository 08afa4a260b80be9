"""Recording a guidance turn: what it was, and nothing more to fill in than is counted."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from chassis.process import CurrentProcess, Process
from contracts.civil import civil_day
from contracts.refusal import Refusal
from contracts.values import GuidanceKind, Role
from services.intake.api.replying import Clerk
from services.intake.commands import guiding
from services.intake.pages.forms import GuidanceForm
from services.intake.repository import lists, reference
from web.forms import Form, blank, read_form
from web.idempotency import IdempotencyKey
from web.pages import CurrentPages, Pages
from web.principal import Principal

router = APIRouter(include_in_schema=False)


@router.get("/intake/guidance")
async def guidance_page(
    process: CurrentProcess,
    pages: CurrentPages,
    clerk: Clerk,
    request: Request,
    unit: Annotated[str, Query(max_length=24)] = "",
    done: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    chosen = unit if clerk.has(Role.CLERK, unit) else min(clerk.units(Role.CLERK))
    return await _page(process, pages, request, clerk, blank(unit=chosen, kind="in_person"), done=bool(done))


@router.post("/intake/guidance")
async def give_guidance(
    process: CurrentProcess, pages: CurrentPages, clerk: Clerk, request: Request, key: IdempotencyKey
) -> Response:
    form = await read_form(request, GuidanceForm, pages.texts)
    if form.data is None:
        return await _page(process, pages, request, clerk, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        await guiding.give_guidance(process, clerk, form.data.body(), key)
    except Refusal as refusal:
        return await _page(process, pages, request, clerk, form.refused(refusal), status=refusal.status)
    return RedirectResponse(f"/intake/guidance?unit={form.data.unit}&done=1", status_code=HTTPStatus.SEE_OTHER)


async def _page(
    process: Process,
    pages: Pages,
    request: Request,
    clerk: Principal,
    form: Form[Any],
    *,
    done: bool = False,
    status: int = HTTPStatus.OK,
) -> Response:
    unit = form.value("unit")
    async with process.database.connect() as connection:
        procedures = await reference.received_by(connection, unit, civil_day(process.clock()))
        waiting = await lists.waiting(connection, unit)
    return pages.render(
        request,
        "guidance.html",
        status=status,
        form=form,
        units=[(one, clerk.unit_name(one)) for one in sorted(clerk.units(Role.CLERK))],
        procedures=procedures,
        kinds=list(GuidanceKind),
        done=done,
        waiting=waiting,
        unit=unit,
    )
