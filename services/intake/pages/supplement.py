"""Forms 02 and 03, to be printed as often as needed while it is so: what a dossier was handed back for, each paper with its
reason, and why one was refused.
"""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from chassis.process import CurrentProcess
from contracts.values import Identifier
from services.intake.access import Clerk, require_clerk_of
from services.intake.domain.stages import Stage
from services.intake.pages.printed_codes import Paper, bars_of
from services.intake.queries.choices import staff_names, unit_copy
from services.intake.queries.dossiers import dossier_detail
from web.pages import CurrentPages

router = APIRouter(include_in_schema=False)


@router.get("/intake/dossiers/{dossier}/supplement")
async def supplement(
    process: CurrentProcess, pages: CurrentPages, clerk: Clerk, request: Request, dossier: Identifier, paper: Paper = "a5"
) -> Response:
    """Leads to the dossier's page where it is not handed back (any more): what is on the form holds no longer."""
    detail = await dossier_detail(process, dossier)
    state = detail.dossier
    require_clerk_of(clerk, state)
    returned = [line for line in detail.history if line.kind == "returned"]
    if state.stage is not Stage.RETURNED:
        return RedirectResponse(f"/intake/dossiers/{dossier}", status_code=HTTPStatus.SEE_OTHER)
    by = returned[-1].by
    names = await staff_names(process, [by] if by else [])
    return pages.render(
        request,
        "supplement.html",
        paper=paper,
        bars=bars_of(state.known_by()),
        dossier=state,
        applicant=detail.applicant,
        unit=await unit_copy(process, state.unit.id),
        returned_at=returned[-1].at,
        clerk=names.get(by or "", by),
    )


@router.get("/intake/dossiers/{dossier}/refusal")
async def refusal(
    process: CurrentProcess, pages: CurrentPages, clerk: Clerk, request: Request, dossier: Identifier, paper: Paper = "a5"
) -> Response:
    """Leads to the dossier's page where it was not refused."""
    detail = await dossier_detail(process, dossier)
    state = detail.dossier
    require_clerk_of(clerk, state)
    if state.stage is not Stage.REFUSED:
        return RedirectResponse(f"/intake/dossiers/{dossier}", status_code=HTTPStatus.SEE_OTHER)
    line = next(line for line in reversed(detail.history) if line.kind == "refused")
    names = await staff_names(process, [line.by] if line.by else [])
    return pages.render(
        request,
        "refusal.html",
        paper=paper,
        bars=bars_of(state.known_by()),
        dossier=state,
        applicant=detail.applicant,
        unit=await unit_copy(process, state.unit.id),
        refused_at=line.at,
        clerk=names.get(line.by or "", line.by),
    )
