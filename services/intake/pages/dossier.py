"""One dossier: what it is, what happened, why that date, and the steps that its status allows."""

# ruff: noqa: FAST003 -- `dossier` of the path is read by DossierCommand, which ruff does not look into

from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from contracts.civil import civil_day
from contracts.directory import PaperV1
from contracts.refusal import Invalid, Refusal
from contracts.values import Identifier
from messaging.command_table import Answer
from services.intake.access import require_clerk_of
from services.intake.commands.dossiers import CurrentCommand, DossierCommand
from services.intake.domain.dossier import Dossier
from services.intake.domain.papers import missing
from services.intake.domain.stages import Transition, allowed
from services.intake.pages import forms
from services.intake.pages.screen import ClerkScreen, CurrentScreen
from services.intake.queries.choices import papers_asked_for, staff_names
from services.intake.queries.dossiers import DossierDetail, dossier_detail
from services.intake.queries.others import others_beside
from services.intake.schemas.requests import RefuseDossier, ResubmitDossier
from services.intake.schemas.views import warnings_of
from web import drafts
from web.drafts import Draft, DraftId
from web.forms import SHOWN, Form, blank, read_form, require_button
from web.languages import chosen_language

router = APIRouter(include_in_schema=False)
_STEPS: Final[Mapping[str, tuple[Transition, type[BaseModel]]]] = {
    "accept": (Transition.ACCEPT, forms.AcceptanceForm),
    "return": (Transition.RETURN, forms.NoForm),
    "resubmit": (Transition.RESUBMIT, forms.ResubmissionForm),
    "refuse": (Transition.REFUSE, forms.RefusalForm),
}
"""By the last part of a form's address. Form 02 has a line for each paper of the dossier's procedure."""


@router.get("/intake/dossiers/{dossier}")
async def dossier_page(screen: CurrentScreen, dossier: Identifier, draft: DraftId = "") -> Response:
    """As it is now, with the form as it was typed where the draft is of one of its steps."""
    detail = await dossier_detail(screen.process, dossier)
    require_clerk_of(screen.clerk, detail.dossier)
    kept = await drafts.opened(screen.request, screen.clerk, draft)
    if kept is not None and kept.path not in {f"{_page_of(dossier)}/{step}" for step in _STEPS}:
        kept = None
    return await _page(screen, detail, kept, lost=bool(draft) and kept is None)


@router.post("/intake/dossiers/{dossier}/accept")
async def accept(command: CurrentCommand, screen: CurrentScreen) -> Response:
    async def run(form: forms.AcceptanceForm) -> Answer:
        return await command.run(form.body())

    return await _step(command, screen, forms.AcceptanceForm, run, "/receipt")


@router.post("/intake/dossiers/{dossier}/return")
async def return_for_papers(command: CurrentCommand, screen: CurrentScreen) -> Response:
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
    return await _step(command, screen, model, run)


@router.post("/intake/dossiers/{dossier}/resubmit")
async def resubmit(command: CurrentCommand, screen: CurrentScreen) -> Response:
    async def run(form: forms.ResubmissionForm) -> Answer:
        return await command.run(ResubmitDossier(papers=form.papers))

    return await _step(command, screen, forms.ResubmissionForm, run)


@router.post("/intake/dossiers/{dossier}/refuse")
async def refuse(command: CurrentCommand, screen: CurrentScreen) -> Response:
    async def run(form: forms.RefusalForm) -> Answer:
        return await command.run(RefuseDossier(reason=form.reason))

    return await _step(command, screen, forms.RefusalForm, run)


async def _step(
    command: DossierCommand,
    screen: ClerkScreen,
    model: type[BaseModel],
    run: Callable[[Any], Awaitable[Answer]],
    then: str = "",
) -> Response:
    """Run it and show what it came to, or the page again with the form as it was typed and what happened meanwhile."""
    form = await read_form(screen.request, model, screen.pages.texts)
    if form.data is not None:
        try:
            await require_button(screen.request)
            await run(form.data)
        except Refusal as refusal:
            if refusal.status not in SHOWN:
                raise
            form = form.refused(refusal)
        else:
            await drafts.done(screen.request, screen.clerk)
            return RedirectResponse(f"{_page_of(command.dossier)}{then}", status_code=HTTPStatus.SEE_OTHER)
    detail = await dossier_detail(command.process, command.dossier)
    require_clerk_of(command.clerk, detail.dossier)
    draft = await drafts.sent(screen.request, form, seen=command.seen)
    return await drafts.lead_to(screen.request, screen.clerk, draft, _page_of(command.dossier))


def _page_of(dossier: str) -> str:
    return f"/intake/dossiers/{dossier}"


async def _page(screen: ClerkScreen, detail: DossierDetail, draft: Draft | None, *, lost: bool) -> Response:
    """`lost`: a draft was asked for and is not there."""
    dossier = detail.dossier
    papers = await papers_asked_for(screen.process, dossier)
    steps = allowed(dossier.stage)
    typed = {} if draft is None else _typed_step(screen, draft, papers)
    seen = None if draft is None else draft.seen
    return screen.pages.render(
        screen.request,
        "dossier.html",
        draft=draft,
        lost=lost,
        dossier=dossier,
        applicant=detail.applicant,
        representative=detail.representative,
        warnings=warnings_of(detail.applicant.identity, civil_day(screen.process.clock())) if detail.applicant else [],
        steps=detail.history,
        meanwhile=[line for line in detail.history if seen is not None and line.sequence > seen],
        names=await staff_names(screen.process, sorted({line.by for line in detail.history if line.by})),
        why=dossier.why_this_date(chosen_language(screen.request)),
        transitions=steps,
        Transition=Transition,
        papers=papers,
        absent=[paper.code for paper in missing(dossier.papers, papers)],
        outstanding=_outstanding(dossier, papers),
        there={paper.code for paper in dossier.papers},
        others=await others_beside(screen.process, screen.clerk, dossier) if Transition.ACCEPT in steps else (),
        form=lambda transition: typed.get(transition) or blank(),
        typed_in_vain=[pair for step in typed.keys() - steps for pair in _typed(screen, typed[step], papers)],
        problems=[problem for form in typed.values() for problem in form.problems],
    )


def _typed_step(screen: ClerkScreen, draft: Draft, papers: Sequence[PaperV1]) -> dict[Transition, Form[Any]]:
    transition, model = _STEPS[draft.step]
    model = forms.form_02([paper.code for paper in papers]) if transition is Transition.RETURN else model
    return {transition: draft.form(model, screen.pages.texts)}


def _typed(screen: ClerkScreen, form: Form[Any], papers: Sequence[PaperV1]) -> list[tuple[str, str]]:
    """(label, what was typed) of a form that is not on the page any more."""
    titles = {paper.code: paper.title for paper in papers}
    language = chosen_language(screen.request)

    def label(name: str) -> str:
        code = name.removeprefix(forms.REASON)
        return titles.get(code, code) if code != name else screen.pages.texts.label(language, name)

    shown = {
        name: value if isinstance(value, str) else "; ".join(titles.get(code, code) for code in value)
        for name, value in form.values.items()
    }
    return [(label(name), value) for name, value in shown.items() if value]


def _outstanding(dossier: Dossier, papers: Sequence[PaperV1]) -> set[str]:
    """What is not there, or was named in form 02."""
    there = {paper.code for paper in dossier.papers}
    return {paper.code for paper in dossier.missing} | {paper.code for paper in papers if paper.code not in there}
