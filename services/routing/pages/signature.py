"""The leader's round ("Chờ ký"): drafts to sign, one or many; and the forms of a case that submit, take back, return, sign.

A signature cannot be taken back: a box has to be ticked for each draft, so no Enter and no slip of the mouse signs.
"""

from http import HTTPStatus
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from fastapi import Form as FormField
from starlette.responses import RedirectResponse, Response

from contracts.values import Count
from services.routing.commands.case import CaseCommand, case_command
from services.routing.commands.signature import sign_many
from services.routing.pages.case import CurrentCaseScreen
from services.routing.pages.screen import CurrentScreen
from services.routing.queries.freshness import freshness
from services.routing.queries.signature import read_round
from services.routing.schemas.signature import ReturnDraft, SignChosen, SignDraft, SubmitDraft, TakeBackDraft
from web import drafts
from web.drafts import DraftId
from web.forms import blank, read_form
from web.idempotency import IdempotencyKey
from web.paging import After

router = APIRouter(include_in_schema=False)
ROUND = "/routing/signing"


@router.get(ROUND)
async def signing_round(
    screen: CurrentScreen, after: After = None, signed: Count | None = None, kept: Count = 0, draft: DraftId = ""
) -> Response:
    """`signed`, `kept`: how many were signed just now, and how many could not be."""
    typed, now = await drafts.opened(screen.request, screen.person, draft), screen.process.clock()
    async with screen.process.reads.connect() as connection:
        listing = await read_round(connection, screen.person, after, now)
    following = listing.page.next
    return screen.pages.render(
        screen.request,
        "signing.html",
        listing=listing,
        reader=screen.person.staff_id,
        rows=list(zip(listing.page.rows, listing.left, strict=True)),
        next_page=f"{ROUND}?{urlencode({'after': following})}" if following else None,
        form=typed.form(SignChosen, screen.pages.texts) if typed else blank(),
        draft=typed,
        lost=bool(draft) and typed is None,
        signed=signed,
        kept=kept,
        fresh=freshness(screen.process),
    )


@router.post(ROUND)
async def sign_chosen(screen: CurrentScreen, key: IdempotencyKey) -> Response:
    """What could not be signed stays in the list, and the page says how many."""
    form = await read_form(screen.request, SignChosen, screen.pages.texts)
    if form.data is None:
        return await drafts.lead_to(screen.request, screen.person, await drafts.sent(screen.request, form))
    outcome = await sign_many(screen.process, screen.person, form.data.request(), key)
    await drafts.done(screen.request, screen.person)
    counts = urlencode({"signed": len(outcome.signed), "kept": len(outcome.refused)})
    return RedirectResponse(f"{ROUND}?{counts}", HTTPStatus.SEE_OTHER)


@router.post("/routing/cases/{case}/submit")
async def submit(screen: CurrentCaseScreen, command: Annotated[CaseCommand, Depends(case_command)]) -> Response:
    return await screen.submit(command, SubmitDraft, "submitted")


@router.post("/routing/cases/{case}/take-back")
async def take_back(screen: CurrentCaseScreen, command: Annotated[CaseCommand, Depends(case_command)]) -> Response:
    return await screen.submit(command, TakeBackDraft, "taken-back")


@router.post("/routing/cases/{case}/return")
async def return_to_officer(screen: CurrentCaseScreen, command: Annotated[CaseCommand, Depends(case_command)]) -> Response:
    return await screen.submit(command, ReturnDraft, "returned")


@router.post("/routing/cases/{case}/sign")
async def sign(
    screen: CurrentCaseScreen,
    command: Annotated[CaseCommand, Depends(case_command)],
    sure: Annotated[Literal["", "yes"], FormField()] = "",
) -> Response:
    """Signed where the box is ticked; else the page again."""
    if sure != "yes":
        return RedirectResponse(f"/routing/cases/{command.case_id}#sign", HTTPStatus.SEE_OTHER)
    return await screen.submit(command, SignDraft, "signed")
