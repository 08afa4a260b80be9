"""What every form on paper has: who may print it, its size, the bar code, the unit that hands it out and the clerk who signs."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse

from chassis.process import CurrentProcess, Process
from contracts.values import Identifier
from services.intake.access import Clerk, require_clerk_of
from services.intake.domain.dossier import Dossier
from services.intake.domain.history import HistoryLine
from services.intake.pages.printed_codes import Paper, bars_of
from services.intake.queries.choices import staff_names, unit_copy
from services.intake.queries.dossiers import DossierDetail, dossier_detail
from web.pages import CurrentPages, Pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    request: Request
    process: Process
    pages: Pages
    paper: Paper
    detail: DossierDetail

    @property
    def dossier(self) -> Dossier:
        return self.detail.dossier

    def last(self, kind: str) -> HistoryLine | None:
        return next((line for line in reversed(self.detail.history) if line.kind == kind), None)

    def to_the_dossier(self) -> Response:
        """Where what the form says does not hold."""
        return RedirectResponse(f"/intake/dossiers/{self.dossier.id}", HTTPStatus.SEE_OTHER)

    async def render(self, template: str, *, by: str | None, **more: Any) -> Response:
        """`by`: whose name stands under it."""
        names = await staff_names(self.process, [by] if by else [])
        return self.pages.render(
            self.request,
            template,
            paper=self.paper,
            bars=bars_of(self.dossier.known_by()),
            dossier=self.dossier,
            applicant=self.detail.applicant,
            unit=await unit_copy(self.process, self.dossier.unit.id),
            clerk=names.get(by or "", by),
            **more,
        )


async def _sheet(
    request: Request, process: CurrentProcess, pages: CurrentPages, clerk: Clerk, dossier: Identifier, paper: Paper = "a5"
) -> Sheet:
    detail = await dossier_detail(process, dossier)
    require_clerk_of(clerk, detail.dossier)
    return Sheet(request=request, process=process, pages=pages, paper=paper, detail=detail)


CurrentSheet = Annotated[Sheet, Depends(_sheet)]
