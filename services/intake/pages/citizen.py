"""The citizen's pages: hand in online, and see where a dossier stands. Code and secret never stand in an address."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from chassis.process import CurrentProcess, Process
from contracts.civil import civil_day
from contracts.intake import UnitRef
from contracts.refusal import Refusal
from services.intake.commands.dossiers import resubmit_by_citizen
from services.intake.commands.receive import submit_online
from services.intake.commands.tracking import identify
from services.intake.pages.forms import ResubmissionForm, SubmissionForm, TrackingForm
from services.intake.queries.choices import online_choices
from services.intake.queries.dossiers import dossier_detail, secret_of, tracking_url
from services.intake.queries.reach import reach_of
from services.intake.schemas.requests import ResubmitDossier
from services.intake.schemas.views import warnings_of
from web.client_address import client_of
from web.conditional import IfMatch
from web.errors import retry_header
from web.forms import Form, blank, read_form
from web.idempotency import IdempotencyKey
from web.languages import chosen_language
from web.pages import CurrentPages, Pages
from web.signin import Visitor

router = APIRouter(include_in_schema=False)


@router.get("/track")
async def tracking_form(
    pages: CurrentPages, _: Visitor, request: Request, code: Annotated[str, Query(max_length=100)] = ""
) -> Response:
    """The QR on the receipt fills in the code."""
    return pages.render(request, "track.html", form=blank(code=code or None))


@router.post("/track")
async def track(process: CurrentProcess, pages: CurrentPages, _: Visitor, request: Request) -> Response:
    form = await read_form(request, TrackingForm, pages.texts)
    if form.data is None:
        return pages.render(request, "track.html", status=HTTPStatus.UNPROCESSABLE_ENTITY, form=form)
    try:
        dossier = await identify(process, form.data.code, form.data.secret, client_of(request))
    except Refusal as refusal:
        return _not_tracked(pages, request, form, refusal)
    return await _tracked(process, pages, request, dossier, form, blank())


@router.post("/track/resubmit")
async def resubmit(
    process: CurrentProcess, pages: CurrentPages, _: Visitor, request: Request, seen: IfMatch, key: IdempotencyKey
) -> Response:
    """After form 02, from the tracking page, which carries code and secret on."""
    who = await read_form(request, TrackingForm, pages.texts)
    if who.data is None:
        return pages.render(request, "track.html", status=HTTPStatus.UNPROCESSABLE_ENTITY, form=who)
    papers = await read_form(request, ResubmissionForm, pages.texts)
    dossier = await identify(process, who.data.code, who.data.secret, client_of(request))
    given = ResubmitDossier(papers=papers.data.papers if papers.data else [])
    try:
        await resubmit_by_citizen(process, dossier, seen, given, key)
    except Refusal as refusal:
        return await _tracked(process, pages, request, dossier, who, papers.refused(refusal), status=refusal.status)
    return await _tracked(process, pages, request, dossier, who, blank(), again=True)


def _not_tracked(pages: Pages, request: Request, form: Form[Any], refusal: Refusal) -> Response:
    response = pages.render(request, "track.html", status=refusal.status, form=form.refused(refusal))
    response.headers.update(retry_header(refusal))
    return response


async def _tracked(
    process: Process,
    pages: Pages,
    request: Request,
    dossier: str,
    form: Form[Any],
    papers: Form[Any],
    *,
    again: bool = False,
    status: int = HTTPStatus.OK,
) -> Response:
    detail = await dossier_detail(process, dossier)
    email = detail.applicant.email if detail.applicant else None
    return pages.render(
        request,
        "tracked.html",
        status=status,
        dossier=detail.dossier,
        steps=detail.history,
        why=detail.dossier.why_this_date(chosen_language(request)),
        form=form,
        papers=papers,
        again=again,
        reach=await reach_of(process, detail.dossier.unit, detail.dossier.known_by(), email),
    )


@router.get("/submit")
async def submission_form(
    process: CurrentProcess,
    pages: CurrentPages,
    _: Visitor,
    request: Request,
    unit: Annotated[str, Query(max_length=24)] = "",
    procedure: Annotated[str, Query(max_length=30)] = "",
) -> Response:
    """First where and what, then the form with that procedure's papers."""
    form = blank(unit=unit, procedure=procedure, hand_over="counter", language=chosen_language(request))
    asked = ("procedure", "unit") if unit else ("unit",)
    lacking = [name for name in asked if name in request.query_params and not form.value(name)]
    if not lacking:
        return await _submission(process, pages, request, form)
    form = form.lacking(lacking[0], pages.texts)
    return await _submission(process, pages, request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@router.post("/submit")
async def submit(
    process: CurrentProcess, pages: CurrentPages, person: Visitor, request: Request, key: IdempotencyKey
) -> Response:
    form = await read_form(request, SubmissionForm, pages.texts)
    if form.data is None:
        return await _submission(process, pages, request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        received = await submit_online(process, form.data.body(), key, None if person else client_of(request))
    except Refusal as refusal:
        response = await _submission(process, pages, request, form.refused(refusal), status=refusal.status)
        response.headers.update(retry_header(refusal))
        return response
    number = received.answer.body["submission_number"]
    secret = received.secret or await secret_of(process, received.answer.body["id"])
    return pages.render(
        request,
        "submitted.html",
        status=received.answer.status,
        number=number,
        secret=secret,
        tracking_url=tracking_url(process, number),
        warnings=warnings_of(form.data.applicant().identity, civil_day(process.clock())),
        reach=await reach_of(process, UnitRef(id=form.data.unit, name=form.data.unit), number, form.data.email),
    )


async def _submission(
    process: Process, pages: Pages, request: Request, form: Form[Any], *, status: int = HTTPStatus.OK
) -> Response:
    unit = form.value("unit")
    choices = await online_choices(process, unit, form.value("procedure"))
    if choices.refusal is not None and not form.problems:
        form = form.refused(choices.refusal)
    return pages.render(
        request,
        "submit.html",
        status=status,
        form=form,
        units=choices.units,
        procedures=choices.procedures,
        offer=choices.offer,
        unit=unit,
    )
