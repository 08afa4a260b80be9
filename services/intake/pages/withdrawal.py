"""To take a dossier back is asked on a page of its own, which says what follows and what is given back."""

# ruff: noqa: FAST003 -- `dossier` of the path is read by DossierCommand, which ruff does not look into

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import RedirectResponse

from contracts.refusal import Refusal
from contracts.values import Identifier, WithdrawalReason
from services.intake.access import require_clerk_of
from services.intake.commands.dossiers import CurrentCommand
from services.intake.domain.stages import Transition, allowed
from services.intake.pages.forms import WithdrawalForm
from services.intake.pages.screen import ClerkScreen, CurrentScreen
from services.intake.queries.choices import staff_names
from services.intake.queries.dossiers import DossierDetail, dossier_detail
from services.intake.queries.others import others_beside
from web.forms import Form, blank, read_form, require_button

router = APIRouter(include_in_schema=False)
_ASKS = frozenset({Transition.WITHDRAW, Transition.REQUEST_WITHDRAWAL})


@router.get("/intake/dossiers/{dossier}/withdraw")
async def withdrawal_page(
    screen: CurrentScreen, dossier: Identifier, reason: Annotated[WithdrawalReason | None, Query()] = None
) -> Response:
    """`reason`: chosen already, by whoever comes from the list of a person's other dossiers."""
    detail = await dossier_detail(screen.process, dossier)
    require_clerk_of(screen.clerk, detail.dossier)
    return await _page(screen, detail, blank(reason=reason))


@router.post("/intake/dossiers/{dossier}/withdraw")
async def withdraw(command: CurrentCommand, screen: CurrentScreen) -> Response:
    form = await read_form(screen.request, WithdrawalForm, screen.pages.texts)
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY
    if form.data is not None:
        try:
            await require_button(screen.request)
            await command.run(form.data.body())
        except Refusal as refusal:
            form, status = form.refused(refusal), refusal.status
        else:
            return RedirectResponse(f"/intake/dossiers/{command.dossier}", status_code=HTTPStatus.SEE_OTHER)
    detail = await dossier_detail(command.process, command.dossier)
    require_clerk_of(command.clerk, detail.dossier)
    return await _page(screen, detail, form, status=status, seen=command.seen)


async def _page(
    screen: ClerkScreen, detail: DossierDetail, form: Form[Any], *, status: int = HTTPStatus.OK, seen: int | None = None
) -> Response:
    """`seen`: the version that the sender of the form had before their eyes; what happened since is shown."""
    dossier = detail.dossier
    meanwhile = [line for line in detail.history if seen is not None and line.sequence > seen]
    return screen.pages.render(
        screen.request,
        "withdraw.html",
        status=status,
        dossier=dossier,
        applicant=detail.applicant,
        form=form,
        others=await others_beside(screen.process, screen.clerk, dossier),
        may_ask=bool(_ASKS & allowed(dossier.stage)) and not dossier.withdrawal_pending,
        meanwhile=meanwhile,
        names=await staff_names(screen.process, sorted({line.by for line in meanwhile if line.by})),
    )
