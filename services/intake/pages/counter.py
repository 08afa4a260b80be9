"""The counter: choose the procedure, tick the papers, fill in or recognise the citizen, accept. One screen, no mouse needed.

Enter brings the checklist and the known citizen; accepting takes a key of its own, so that no Enter accepts by accident.
"""

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Response
from fastapi import Form as FormField
from fastapi.responses import RedirectResponse

from contracts.civil import civil_day
from contracts.identity import Identity, IdentityKind, identity_as_kept
from contracts.refusal import Refusal
from contracts.values import HandOver, Role
from services.intake.access import own_unit
from services.intake.commands.receive import receive_dossier
from services.intake.domain.applicant import Applicant
from services.intake.pages.forms import CounterForm, Draft
from services.intake.pages.screen import ClerkScreen, CurrentScreen
from services.intake.queries.choices import counter_choices
from services.intake.queries.dossiers import known_applicant
from services.intake.schemas.views import warnings_of
from web.forms import Form, blank, read_form
from web.idempotency import IdempotencyKey

router = APIRouter(include_in_schema=False)


@router.get("/intake/counter")
async def empty_counter(screen: CurrentScreen, unit: str = "", procedure: str = "") -> Response:
    form = blank(unit=own_unit(screen.clerk, unit), procedure=procedure or None, hand_over="counter", language="vi")
    return await _page(screen, form)


@router.post("/intake/counter")
async def use_counter(
    screen: CurrentScreen, key: IdempotencyKey, action: Annotated[str, FormField(alias="act")] = "open"
) -> Response:
    """`open` shows the checklist, `accept` receives and accepts, `hold` receives only, to hand back with form 02."""
    if action not in {"accept", "hold"}:
        return await _open(screen)
    form = await read_form(screen.request, CounterForm, screen.pages.texts)
    if form.data is None:
        return await _page(screen, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        received = await receive_dossier(screen.process, screen.clerk, form.data.dossier(accept=action == "accept"), key)
    except Refusal as refusal:
        return await _page(screen, form.refused(refusal), status=refusal.status)
    then = "/receipt" if action == "accept" else "#return"
    return RedirectResponse(f"/intake/dossiers/{received.answer.body['id']}{then}", status_code=HTTPStatus.SEE_OTHER)


async def _open(screen: ClerkScreen) -> Response:
    form = await read_form(screen.request, Draft, screen.pages.texts)
    identity = _identity(form)
    known = await known_applicant(screen.process, identity, screen.clerk.units(Role.CLERK)) if identity else None
    typed = {name: value for name, value in form.values.items() if value}
    form = replace(form, values={"hand_over": HandOver.COUNTER, "language": "vi", **_filled_in(known), **typed})
    return await _page(screen, form, known=known is not None)


def _identity(form: Form[Any]) -> Identity | None:
    """Of what was typed so far, right or not; None for nothing."""
    kind = form.value("identity_kind")
    known_kind = IdentityKind(kind) if kind in set(IdentityKind) else None
    return identity_as_kept(form.value("identity_number"), known_kind) if form.value("identity_number") else None


def _filled_in(known: Applicant | None) -> dict[str, str]:
    if known is None:
        return {}
    values = known.model_dump() | {"telephone": known.dialled}
    return {name: value for name, value in values.items() if value is not None}


async def _page(screen: ClerkScreen, form: Form[Any], *, known: bool = False, status: int = HTTPStatus.OK) -> Response:
    unit = form.value("unit")
    identity = _identity(form)
    choices = await counter_choices(screen.process, unit, form.value("procedure"))
    if choices.refusal is not None and not form.problems:
        form = form.refused(choices.refusal)
    return screen.render(
        "counter.html",
        form,
        unit,
        status,
        procedures=choices.procedures,
        offer=choices.offer,
        warnings=warnings_of(identity, civil_day(screen.process.clock())) if identity else [],
        known=known,
        waiting=choices.waiting,
    )
