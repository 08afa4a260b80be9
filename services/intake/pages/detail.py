"""One dossier: what it is, what happened, why that date, and the steps that its status allows."""

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
from contracts.values import Identifier, Role
from messaging.commands import Answer
from services.intake import bodies, looking
from services.intake.api.replying import Clerk
from services.intake.commands import changing
from services.intake.domain.dossier import Dossier
from services.intake.domain.papers import missing
from services.intake.domain.stages import Act, allowed
from services.intake.pages import forms
from services.intake.repository import reference
from services.intake.showing import steps, why_this_date
from web.conditional import IfMatch
from web.forms import Form, blank, read_form
from web.idempotency import IdempotencyKey
from web.languages import chosen_language
from web.pages import CurrentPages, Pages
from web.principal import Principal

router = APIRouter(include_in_schema=False)
Do = Callable[[Any], Awaitable[Answer]]


@router.get("/intake/dossiers/{dossier}")
async def dossier_page(
    process: CurrentProcess, pages: CurrentPages, clerk: Clerk, request: Request, dossier: Identifier
) -> Response:
    return await _page(process, pages, request, clerk, dossier)


@router.post("/intake/dossiers/{dossier}/accept")
async def accept(
    process: CurrentProcess,
    pages: CurrentPages,
    clerk: Clerk,
    request: Request,
    dossier: Identifier,
    seen: IfMatch,
    key: IdempotencyKey,
) -> Response:
    async def do(form: forms.AcceptanceForm) -> Answer:
        return await changing.accept(process, clerk, dossier, seen, form.body(), key)

    return await _step(process, pages, request, clerk, dossier, Act.ACCEPT, forms.AcceptanceForm, do, "/receipt")


@router.post("/intake/dossiers/{dossier}/return")
async def return_for_papers(
    process: CurrentProcess,
    pages: CurrentPages,
    clerk: Clerk,
    request: Request,
    dossier: Identifier,
    seen: IfMatch,
    key: IdempotencyKey,
) -> Response:
    async def do(form: BaseModel) -> Answer:
        body = forms.named_missing(form)
        if body is None:
            raise Invalid(
                "nothing-named",
                vi="Hãy ghi lý do ở ít nhất một giấy tờ còn thiếu hoặc chưa đúng.",
                en="Give the reason beside at least one paper that is missing or wrong.",
            )
        return await changing.return_for_papers(process, clerk, dossier, seen, body, key)

    papers = await _papers(process, (await looking.dossier_with_all(process, dossier)))
    model = forms.form_02([paper.code for paper in papers])
    return await _step(process, pages, request, clerk, dossier, Act.RETURN, model, do)


@router.post("/intake/dossiers/{dossier}/resubmit")
async def resubmit(
    process: CurrentProcess,
    pages: CurrentPages,
    clerk: Clerk,
    request: Request,
    dossier: Identifier,
    seen: IfMatch,
    key: IdempotencyKey,
) -> Response:
    async def do(form: forms.ResubmissionForm) -> Answer:
        return await changing.resubmit(process, clerk, dossier, seen, bodies.Resubmission(papers=form.papers), key)

    return await _step(process, pages, request, clerk, dossier, Act.RESUBMIT, forms.ResubmissionForm, do)


@router.post("/intake/dossiers/{dossier}/refuse")
async def refuse(
    process: CurrentProcess,
    pages: CurrentPages,
    clerk: Clerk,
    request: Request,
    dossier: Identifier,
    seen: IfMatch,
    key: IdempotencyKey,
) -> Response:
    async def do(form: forms.RefusalForm) -> Answer:
        return await changing.refuse(process, clerk, dossier, seen, bodies.Refusing(reason=form.reason), key)

    return await _step(process, pages, request, clerk, dossier, Act.REFUSE, forms.RefusalForm, do)


@router.post("/intake/dossiers/{dossier}/hand-over")
async def hand_over(
    process: CurrentProcess,
    pages: CurrentPages,
    clerk: Clerk,
    request: Request,
    dossier: Identifier,
    seen: IfMatch,
    key: IdempotencyKey,
) -> Response:
    async def do(_: forms.NoForm) -> Answer:
        return await changing.hand_over(process, clerk, dossier, seen, bodies.HandingOver(), key)

    return await _step(process, pages, request, clerk, dossier, Act.HAND_OVER, forms.NoForm, do)


async def _step(
    process: Process,
    pages: Pages,
    request: Request,
    clerk: Principal,
    dossier: str,
    act: Act,
    model: type[BaseModel],
    do: Do,
    then: str = "",
) -> Response:
    """Do it and show what it came to, or show the page again with the form as it was typed."""
    form = await read_form(request, model, pages.texts)
    if form.data is None:
        return await _page(process, pages, request, clerk, dossier, {act: form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        await do(form.data)
    except Refusal as refusal:
        return await _page(process, pages, request, clerk, dossier, {act: form.refused(refusal)}, status=refusal.status)
    return RedirectResponse(f"/intake/dossiers/{dossier}{then}", status_code=HTTPStatus.SEE_OTHER)


async def _page(
    process: Process,
    pages: Pages,
    request: Request,
    clerk: Principal,
    dossier: str,
    typed: Mapping[Act, Form[Any]] | None = None,
    *,
    status: int = HTTPStatus.OK,
) -> Response:
    sight = await looking.dossier_with_all(process, dossier)
    clerk.require(Role.CLERK, sight.dossier.unit.id)
    papers = await _papers(process, sight)
    history = steps(sight.history)
    async with process.database.connect() as connection:
        names = await reference.staff_names(connection, sorted({step.by for step in history if step.by}))
    found = dict(typed or {})
    return pages.render(
        request,
        "dossier.html",
        status=status,
        dossier=sight.dossier,
        applicant=sight.applicant,
        steps=history,
        names=names,
        why=why_this_date(sight.dossier, "en" if chosen_language(request) == "en" else "vi"),
        acts=allowed(sight.dossier.stage),
        Act=Act,
        papers=papers,
        absent=[paper.code for paper in missing(sight.dossier.papers, papers)],
        outstanding=_outstanding(sight.dossier, papers),
        there={paper.code for paper in sight.dossier.papers},
        form=lambda act: found.get(act) or blank(),
        problems=[one for each in found.values() for one in each.problems],
    )


def _outstanding(dossier: Dossier, papers: Sequence[PaperV1]) -> set[str]:
    """What is not there, or was named in form 02."""
    there = {paper.code for paper in dossier.papers}
    return {paper.code for paper in dossier.missing} | {paper.code for paper in papers if paper.code not in there}


async def _papers(process: Process, sight: looking.Sight) -> tuple[PaperV1, ...]:
    """The procedure's papers as they are asked for today; those of the dossier itself once the reference data is gone."""
    today = civil_day(process.clock())
    async with process.database.connect() as connection:
        try:
            return (await reference.offer_of(connection, sight.dossier.unit.id, sight.dossier.procedure.code, today)).papers
        except Refusal:
            return tuple(PaperV1(code=paper.code, title=paper.title) for paper in sight.dossier.papers)
