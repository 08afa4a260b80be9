"""What an accepted dossier waits for: a clerk records that it has come; a citizen hands it in from the tracking page."""

# ruff: noqa: FAST003 -- `dossier` of the path is read by DossierCommand, which ruff does not look into

from http import HTTPStatus
from typing import Any, Literal

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from contracts.refusal import Refusal
from contracts.values import Identifier
from services.intake.access import require_clerk_of
from services.intake.commands.dossiers import CurrentCommand, DossierCommand
from services.intake.commands.owed import hand_in_by_citizen
from services.intake.commands.tracking import identify
from services.intake.domain.stages import Transition, allowed
from services.intake.pages.citizen import not_tracked, show_dossier
from services.intake.pages.citizen_screen import Screen
from services.intake.pages.forms import Codes, NoForm, ResubmissionForm, TrackingForm
from services.intake.pages.screen import ClerkScreen, CurrentScreen
from services.intake.queries.dossiers import DossierDetail, dossier_detail
from services.intake.schemas.owed import HandInPapers, RecordPayment
from web.client_address import client_of
from web.conditional import IfMatch
from web.forms import Form, blank, read_form, require_button
from web.idempotency import IdempotencyKey

router = APIRouter(include_in_schema=False)


class HandInForm(BaseModel):
    papers: Codes = Field(default_factory=list)
    through: Literal["counter", "post"] = "counter"

    def body(self) -> HandInPapers:
        return HandInPapers(papers=self.papers, through=self.through)


@router.get("/intake/dossiers/{dossier}/hand-in")
async def hand_in_page(screen: CurrentScreen, dossier: Identifier) -> Response:
    detail = await dossier_detail(screen.process, dossier)
    require_clerk_of(screen.clerk, detail.dossier)
    return _page(screen, detail, blank(through="counter"))


@router.post("/intake/dossiers/{dossier}/hand-in")
async def hand_in(command: CurrentCommand, screen: CurrentScreen) -> Response:
    form = await read_form(screen.request, HandInForm, screen.pages.texts)
    return await _run(command, screen, form, form.data.body() if form.data else None)


@router.post("/intake/dossiers/{dossier}/record-payment")
async def record_payment(command: CurrentCommand, screen: CurrentScreen) -> Response:
    return await _run(command, screen, await read_form(screen.request, NoForm, screen.pages.texts), RecordPayment())


@router.post("/track/hand-in")
async def hand_in_online(screen: Screen, seen: IfMatch, key: IdempotencyKey) -> Response:
    """From the tracking page, which carries code and secret on."""
    who = await read_form(screen.request, TrackingForm, screen.pages.texts)
    if who.data is None:
        return await not_tracked(screen, who, None)
    papers = await read_form(screen.request, ResubmissionForm, screen.pages.texts)
    dossier = await identify(screen.process, who.data.code, who.data.secret, client_of(screen.request))
    given = HandInPapers(papers=papers.data.papers if papers.data else [])
    try:
        await hand_in_by_citizen(screen.process, dossier, seen, given, key)
    except Refusal as refusal:
        return await show_dossier(screen, dossier, papers.refused(refusal), status=refusal.status)
    return await show_dossier(screen, dossier, who, again=True)


async def _run(
    command: DossierCommand, screen: ClerkScreen, form: Form[Any], body: HandInPapers | RecordPayment | None
) -> Response:
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY
    if body is not None:
        try:
            await require_button(screen.request)
            await command.run(body)
        except Refusal as refusal:
            form, status = form.refused(refusal), refusal.status
        else:
            return RedirectResponse(f"/intake/dossiers/{command.dossier}", status_code=HTTPStatus.SEE_OTHER)
    detail = await dossier_detail(command.process, command.dossier)
    require_clerk_of(command.clerk, detail.dossier)
    return _page(screen, detail, form, status)


def _page(screen: ClerkScreen, detail: DossierDetail, form: Form[Any], status: int = HTTPStatus.OK) -> Response:
    dossier = detail.dossier
    waits = Transition.HAND_IN in allowed(dossier.stage) and not dossier.withdrawal_pending
    return screen.pages.render(
        screen.request,
        "hand-in.html",
        status=status,
        dossier=dossier,
        applicant=detail.applicant,
        form=form,
        may_hand_in=waits and dossier.owed is not None and dossier.owed.handed_in is None,
    )
