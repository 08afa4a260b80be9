"""Recording a guidance turn: what it was, and nothing more to fill in than is counted."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import RedirectResponse

from contracts.refusal import Refusal
from contracts.values import GuidanceKind
from services.intake.access import own_unit
from services.intake.commands import guidance
from services.intake.pages.forms import GuidanceForm
from services.intake.pages.screen import ClerkScreen, CurrentScreen
from services.intake.queries.choices import counter_choices
from web import drafts
from web.drafts import Draft, DraftId
from web.forms import SHOWN, Form, blank, read_form
from web.idempotency import IdempotencyKey

router = APIRouter(include_in_schema=False)


@router.get("/intake/guidance")
async def guidance_page(
    screen: CurrentScreen,
    unit: Annotated[str, Query(max_length=24)] = "",
    procedure: Annotated[str, Query(max_length=30)] = "",
    done: Annotated[str, Query(max_length=10)] = "",
    draft: DraftId = "",
) -> Response:
    kept = await drafts.opened(screen.request, screen.clerk, draft)
    if kept is not None:
        return await _page(screen, kept.form(GuidanceForm, screen.pages.texts), draft=kept)
    form = blank(unit=own_unit(screen.clerk, unit), kind="in_person", procedure=procedure or None)
    return await _page(screen, form, done=bool(done), lost=bool(draft))


@router.post("/intake/guidance")
async def give_guidance(screen: CurrentScreen, key: IdempotencyKey) -> Response:
    form = await read_form(screen.request, GuidanceForm, screen.pages.texts)
    if form.data is not None:
        try:
            await guidance.give_guidance(screen.process, screen.clerk, form.data.body(), key)
        except Refusal as refusal:
            if refusal.status not in SHOWN:
                raise
            form = form.refused(refusal)
        else:
            await drafts.done(screen.request, screen.clerk)
            return RedirectResponse(f"/intake/guidance?unit={form.value('unit')}&done=1", status_code=HTTPStatus.SEE_OTHER)
    return await drafts.lead_to(screen.request, screen.clerk, await drafts.sent(screen.request, form))


async def _page(
    screen: ClerkScreen, form: Form[Any], *, done: bool = False, draft: Draft | None = None, lost: bool = False
) -> Response:
    unit = form.value("unit")
    choices = await counter_choices(screen.process, unit)
    kinds = list(GuidanceKind)
    return screen.render(
        "guidance.html",
        form,
        unit,
        procedures=choices.procedures,
        kinds=kinds,
        done=done,
        draft=draft,
        lost=lost,
    )
