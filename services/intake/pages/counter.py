"""The counter: choose the procedure, tick the papers, fill in or recognise the citizen, accept. One screen, no mouse needed.

Enter brings the checklist and the known citizen; accepting takes a key of its own, so that no Enter accepts by accident.
"""

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi import Form as FormField
from fastapi.responses import RedirectResponse

from chassis.process import CurrentProcess, Process
from contracts.civil import civil_day
from contracts.refusal import Refusal
from contracts.values import HandOver, Role
from services.intake import looking
from services.intake.api.replying import Clerk
from services.intake.commands import taking_in
from services.intake.domain.offers import Offer
from services.intake.pages.forms import CounterForm, Draft
from services.intake.people import Applicant
from services.intake.repository import lists, reference
from web.forms import Form, blank, read_form
from web.idempotency import IdempotencyKey
from web.pages import CurrentPages, Pages
from web.principal import Principal

router = APIRouter(include_in_schema=False)


@router.get("/intake/counter")
async def empty_counter(
    process: CurrentProcess, pages: CurrentPages, clerk: Clerk, request: Request, unit: str = "", procedure: str = ""
) -> Response:
    chosen = unit if clerk.has(Role.CLERK, unit) else min(clerk.units(Role.CLERK))
    form = blank(unit=chosen, procedure=procedure or None, hand_over="counter", language="vi")
    return await _page(process, pages, request, clerk, form)


@router.post("/intake/counter")
async def use_counter(
    process: CurrentProcess,
    pages: CurrentPages,
    clerk: Clerk,
    request: Request,
    key: IdempotencyKey,
    act: Annotated[str, FormField()] = "open",
) -> Response:
    """`act`: `open` shows the checklist, `accept` takes in, `hold` takes in without accepting, to hand back with form 02."""
    if act not in {"accept", "hold"}:
        return await _open(process, pages, clerk, request)
    form = await read_form(request, CounterForm, pages.texts)
    if form.data is None:
        return await _page(process, pages, request, clerk, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        answer = await taking_in.take_in(process, clerk, form.data.dossier(accept=act == "accept"), key)
    except Refusal as refusal:
        return await _page(process, pages, request, clerk, form.refused(refusal), status=refusal.status)
    place = "/receipt" if act == "accept" else "#return"
    return RedirectResponse(f"/intake/dossiers/{answer.body['id']}{place}", status_code=HTTPStatus.SEE_OTHER)


async def _open(process: Process, pages: Pages, clerk: Principal, request: Request) -> Response:
    form = await read_form(request, Draft, pages.texts)
    number = "".join(form.value("identity_number").split()).upper()
    known = await looking.known_applicant(process, number, clerk.units(Role.CLERK)) if number else None
    typed = {name: value for name, value in form.values.items() if value}
    form = replace(form, values={"hand_over": HandOver.COUNTER, "language": "vi", **_filled_in(known), **typed})
    return await _page(process, pages, request, clerk, form, known=known is not None)


def _filled_in(known: Applicant | None) -> dict[str, str]:
    if known is None:
        return {}
    found = known.model_dump() | {"telephone": known.dialled}
    return {name: value for name, value in found.items() if value is not None}


async def _page(
    process: Process,
    pages: Pages,
    request: Request,
    clerk: Principal,
    form: Form[Any],
    *,
    known: bool = False,
    status: int = HTTPStatus.OK,
) -> Response:
    unit, chosen = form.value("unit"), form.value("procedure")
    today = civil_day(process.clock())
    offer: Offer | None = None
    async with process.database.connect() as connection:
        procedures = await reference.received_by(connection, unit, today)
        waiting = await lists.waiting(connection, unit)
        if chosen:
            try:
                offer = await reference.offer_of(connection, unit, chosen, today)
            except Refusal as refusal:
                form = form if form.problems else form.refused(refusal)
    return pages.render(
        request,
        "counter.html",
        status=status,
        form=form,
        units=[(one, clerk.unit_name(one)) for one in sorted(clerk.units(Role.CLERK))],
        procedures=procedures,
        offer=offer,
        known=known,
        waiting=waiting,
        unit=unit,
    )
