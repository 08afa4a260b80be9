"""Who is away, from when to when, and who gets their cases meanwhile."""

from http import HTTPStatus

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from contracts.civil import civil_day
from contracts.refusal import Refusal
from services.routing.commands.absences import note
from services.routing.pages.screen import CurrentScreen
from services.routing.queries.absences import read_absences
from services.routing.schemas.requests import NoteAbsence
from web import drafts
from web.drafts import DraftId
from web.forms import SHOWN, blank, read_form
from web.idempotency import IdempotencyKey

router = APIRouter(prefix="/routing/absences", include_in_schema=False)


@router.get("")
async def absences(screen: CurrentScreen, draft: DraftId = "") -> Response:
    typed = await drafts.opened(screen.request, screen.person, draft)
    form = typed.form(NoteAbsence, screen.pages.texts) if typed else blank(officer=screen.person.staff_id)
    async with screen.process.reads.connect() as connection:
        noted, officers = await read_absences(connection, screen.person)
    today, names = civil_day(screen.process.clock()), {ident: name for ident, name, _ in officers}
    shown = [absence for absence in noted if absence.last_day >= today]
    return screen.pages.render(
        screen.request,
        "absences.html",
        form=form,
        draft=typed,
        lost=bool(draft) and typed is None,
        absences=shown,
        names=names,
        officers=officers,
    )


@router.post("")
async def note_absence(screen: CurrentScreen, key: IdempotencyKey) -> Response:
    """Back to the page; with what is wrong, if it could not be noted."""
    form = await read_form(screen.request, NoteAbsence, screen.pages.texts)
    if form.data is not None:
        try:
            await note(screen.process, screen.person, form.data, key)
        except Refusal as refusal:
            if refusal.status not in SHOWN:
                raise
            form = form.refused(refusal)
        else:
            await drafts.done(screen.request, screen.person)
            return RedirectResponse("/routing/absences", HTTPStatus.SEE_OTHER)
    return await drafts.lead_to(screen.request, screen.person, await drafts.sent(screen.request, form))
