"""One dossier: what it is, what happened, why that date, and the steps that its status allows."""

# ruff: noqa: FAST003 -- `dossier` of the path is read by DossierCommand, which ruff does not look into

from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from chassis.process import CurrentProcess, Process
from contracts.civil import civil_day
from contracts.directory import PaperV1
from contracts.refusal import Invalid, Refusal
from contracts.values import Identifier
from messaging.command_table import Answer
from services.intake.access import Clerk, require_clerk_of
from services.intake.commands.dossiers import CurrentCommand, DossierCommand
from services.intake.domain.dossier import Dossier
from services.intake.domain.papers import missing
from services.intake.domain.stages import Transition, allowed
from services.intake.pages import forms
from services.intake.queries.choices import papers_asked_for, staff_names
from services.intake.queries.dossiers import DossierDetail, dossier_detail
from services.intake.schemas.requests import HandOverResult, RefuseDossier, ResubmitDossier
from services.intake.schemas.views import warnings_of
from web.forms import Form, blank, read_form
from web.languages import chosen_language
from web.pages import CurrentPages, Pages

router = APIRouter(include_in_schema=False)


@router.get("/intake/dossiers/{dossier}")
async def dossier_page(
    process: CurrentProcess, pages: CurrentPages, clerk: Clerk, request: Request, dossier: Identifier
) -> Response:
    detail = await dossier_detail(process, dossier)
    require_clerk_of(clerk, detail.dossier)
    return await _page(process, pages, request, detail, {})


@router.post("/intake/dossiers/{dossier}/accept")
async def accept(command: CurrentCommand, pages: CurrentPages, request: Request) -> Response:
    async def run(form: forms.AcceptanceForm) -> Answer:
        return await command.run(form.body())

    return await _step(command, pages, request, Transition.ACCEPT, forms.AcceptanceForm, run, "/receipt")


@router.post("/intake/dossiers/{dossier}/return")
async def return_for_papers(command: CurrentCommand, pages: CurrentPages, request: Request) -> Response:
    async def run(form: BaseModel) -> Answer:
        body = forms.named_missing(form)
        if body is None:
            raise Invalid(
                "nothing-named",
                vi="Hãy ghi lý do ở ít nhất một giấy tờ còn thiếu hoặc chưa đúng.",
                en="Give the reason beside at least one paper that is missing or wrong.",
            )
        return await command.run(body)

    detail = await dossier_detail(command.process, command.dossier)
    papers = await papers_asked_for(command.process, detail.dossier)
    model = forms.form_02([paper.code for paper in papers])
    return await _step(command, pages, request, Transition.RETURN, model, run)


@router.post("/intake/dossiers/{dossier}/resubmit")
async def resubmit(command: CurrentCommand, pages: CurrentPages, request: Request) -> Response:
    async def run(form: forms.ResubmissionForm) -> Answer:
        return await command.run(ResubmitDossier(papers=form.papers))

    return await _step(command, pages, request, Transition.RESUBMIT, forms.ResubmissionForm, run)


@router.post("/intake/dossiers/{dossier}/refuse")
async def refuse(command: CurrentCommand, pages: CurrentPages, request: Request) -> Response:
    async def run(form: forms.RefusalForm) -> Answer:
        return await command.run(RefuseDossier(reason=form.reason))

    return await _step(command, pages, request, Transition.REFUSE, forms.RefusalForm, run)


@router.post("/intake/dossiers/{dossier}/hand-over")
async def hand_over(command: CurrentCommand, pages: CurrentPages, request: Request) -> Response:
    async def run(_: forms.NoForm) -> Answer:
        return await command.run(HandOverResult())

    return await _step(command, pages, request, Transition.HAND_OVER, forms.NoForm, run)


async def _step(
    command: DossierCommand,
    pages: Pages,
    request: Request,
    transition: Transition,
    model: type[BaseModel],
    run: Callable[[Any], Awaitable[Answer]],
    then: str = "",
) -> Response:
    """Run it and show what it came to, or show the page again with the form as it was typed."""
    form = await read_form(request, model, pages.texts)
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY
    if form.data is not None:
        try:
            await run(form.data)
        except Refusal as refusal:
            form, status = form.refused(refusal), refusal.status
        else:
            return RedirectResponse(f"/intake/dossiers/{command.dossier}{then}", status_code=HTTPStatus.SEE_OTHER)
    detail = await dossier_detail(command.process, command.dossier)
    require_clerk_of(command.clerk, detail.dossier)
    return await _page(command.process, pages, request, detail, {transition: form}, status=status)


async def _page(
    process: Process,
    pages: Pages,
    request: Request,
    detail: DossierDetail,
    typed: Mapping[Transition, Form[Any]],
    *,
    status: int = HTTPStatus.OK,
) -> Response:
    dossier = detail.dossier
    papers = await papers_asked_for(process, dossier)
    return pages.render(
        request,
        "dossier.html",
        status=status,
        dossier=dossier,
        applicant=detail.applicant,
        warnings=warnings_of(detail.applicant.identity, civil_day(process.clock())) if detail.applicant else [],
        steps=detail.history,
        names=await staff_names(process, sorted({line.by for line in detail.history if line.by})),
        why=dossier.why_this_date(chosen_language(request)),
        transitions=allowed(dossier.stage),
        Transition=Transition,
        papers=papers,
        absent=[paper.code for paper in missing(dossier.papers, papers)],
        outstanding=_outstanding(dossier, papers),
        there={paper.code for paper in dossier.papers},
        form=lambda transition: typed.get(transition) or blank(),
        problems=[problem for form in typed.values() for problem in form.problems],
    )


def _outstanding(dossier: Dossier, papers: Sequence[PaperV1]) -> set[str]:
    """What is not there, or was named in form 02."""
    there = {paper.code for paper in dossier.papers}
    return {paper.code for paper in dossier.missing} | {paper.code for paper in papers if paper.code not in there}
