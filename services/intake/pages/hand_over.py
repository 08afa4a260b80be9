"""One result given back: who fetches it, one key, and the slip that both sign."""

# ruff: noqa: FAST003 -- `dossier` of the path is read by DossierCommand and CurrentSheet, which ruff does not look into

from http import HTTPStatus

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from contracts.refusal import Refusal
from contracts.values import HandOver, Identifier
from services.intake.access import require_clerk_of
from services.intake.commands.dossiers import CurrentCommand
from services.intake.domain.dossier import Dossier
from services.intake.domain.results import days_waited, require_fetchable
from services.intake.pages.forms import HandOverForm, with_scanned_card
from services.intake.pages.screen import CurrentScreen
from services.intake.pages.sheet import CurrentSheet
from services.intake.queries.dossiers import dossier_detail
from web import drafts
from web.drafts import DraftId
from web.forms import SHOWN, blank, read_fields, require_button
from web.problems import FieldProblem

router = APIRouter(include_in_schema=False)


@router.get("/intake/dossiers/{dossier}/hand-over")
async def hand_over_page(screen: CurrentScreen, dossier: Identifier, draft: DraftId = "") -> Response:
    """With the form, or with what stands against it."""
    detail = await dossier_detail(screen.process, dossier)
    state = detail.dossier
    require_clerk_of(screen.clerk, state)
    kept = await drafts.opened(screen.request, screen.clerk, draft)
    if kept is not None and kept.path != _page_of(dossier):
        kept = None
    return screen.pages.render(
        screen.request,
        "hand-over.html",
        draft=kept,
        lost=bool(draft) and kept is None,
        form=blank() if kept is None else kept.form(HandOverForm, screen.pages.texts),
        dossier=state,
        applicant=detail.applicant,
        days=0 if state.decided_at is None else days_waited(state.decided_at, screen.process.clock()),
        obstacle=_obstacle(state),
    )


@router.post("/intake/dossiers/{dossier}/hand-over")
async def hand_over(command: CurrentCommand, screen: CurrentScreen) -> Response:
    """Leads to the slip, or back to the form as it was typed."""
    form = read_fields(with_scanned_card(await screen.request.form()), HandOverForm, screen.pages.texts)
    for name in form.data.lacking() if form.data else ():
        form = form.lacking(name, screen.pages.texts)
    if form.data is not None:
        try:
            await require_button(screen.request)
            await command.run(form.data.body())
        except Refusal as refusal:
            if refusal.status not in SHOWN:
                raise
            form = form.refused(refusal)
        else:
            await drafts.done(screen.request, screen.clerk)
            return RedirectResponse(f"/intake/dossiers/{command.dossier}/slip", HTTPStatus.SEE_OTHER)
    draft = await drafts.sent(screen.request, form, seen=command.seen)
    return await drafts.lead_to(screen.request, screen.clerk, draft, _page_of(command.dossier))


@router.get("/intake/dossiers/{dossier}/slip")
async def slip(sheet: CurrentSheet) -> Response:
    """What was handed over to whom, as often as needed. Leads to the dossier's page where nothing was, at the counter."""
    if sheet.dossier.handed_over_by is not HandOver.COUNTER:
        return sheet.to_the_dossier()
    line = sheet.last("handed-over")
    return await sheet.render("slip.html", by=line.by if line else None, representative=sheet.detail.representative)


def _obstacle(dossier: Dossier) -> FieldProblem | None:
    """Why it is not handed over at the counter now."""
    try:
        require_fetchable(dossier)
    except Refusal as refusal:
        return blank().refused(refusal).problems[0]
    return None


def _page_of(dossier: str) -> str:
    return f"/intake/dossiers/{dossier}/hand-over"
