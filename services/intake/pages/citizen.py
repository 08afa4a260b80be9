"""The citizen's pages: hand in online, and see where a dossier stands. Code and secret never stand in an address."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from chassis.process import CurrentProcess, Process
from contracts.civil import civil_day
from contracts.refusal import Refusal
from services.intake import bodies, looking
from services.intake.api.replying import client_of, tracking_url
from services.intake.commands import changing, taking_in
from services.intake.commands.identifying import identify
from services.intake.domain.offers import Offer
from services.intake.pages.forms import ResubmissionForm, SubmissionForm, TrackingForm
from services.intake.repository import reference
from services.intake.showing import steps, why_this_date
from web.conditional import IfMatch
from web.forms import Form, blank, read_form
from web.idempotency import IdempotencyKey
from web.languages import chosen_language
from web.pages import CurrentPages, Pages
from web.signin import Visitor

router = APIRouter(include_in_schema=False)


@router.get("/track")
async def ask(pages: CurrentPages, _: Visitor, request: Request, code: Annotated[str, Query(max_length=100)] = "") -> Response:
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
        return pages.render(request, "track.html", status=refusal.status, form=form.refused(refusal))
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
    given = bodies.Resubmission(papers=papers.data.papers if papers.data else [])
    try:
        await changing.resubmit_by_citizen(process, dossier, seen, given, key)
    except Refusal as refusal:
        return await _tracked(process, pages, request, dossier, who, papers.refused(refusal), status=refusal.status)
    return await _tracked(process, pages, request, dossier, who, blank(), again=True)


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
    sight = await looking.dossier_with_all(process, dossier)
    return pages.render(
        request,
        "tracked.html",
        status=status,
        dossier=sight.dossier,
        steps=steps(sight.history),
        why=why_this_date(sight.dossier, "en" if chosen_language(request) == "en" else "vi"),
        form=form,
        papers=papers,
        again=again,
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
    language = chosen_language(request)
    return await _submission(
        process, pages, request, blank(unit=unit, procedure=procedure, hand_over="counter", language=language)
    )


@router.post("/submit")
async def submit(process: CurrentProcess, pages: CurrentPages, _: Visitor, request: Request, key: IdempotencyKey) -> Response:
    form = await read_form(request, SubmissionForm, pages.texts)
    if form.data is None:
        return await _submission(process, pages, request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        answer = await taking_in.submit_online(process, form.data.body(), key)
    except Refusal as refusal:
        return await _submission(process, pages, request, form.refused(refusal), status=refusal.status)
    number = answer.body["submission_number"]
    secret = await looking.secret_of(process, answer.body["id"])
    return pages.render(
        request, "submitted.html", status=answer.status, number=number, secret=secret, tracking_url=tracking_url(process, number)
    )


async def _submission(
    process: Process, pages: Pages, request: Request, form: Form[Any], *, status: int = HTTPStatus.OK
) -> Response:
    unit, procedure = form.value("unit"), form.value("procedure")
    today = civil_day(process.clock())
    offer: Offer | None = None
    async with process.database.connect() as connection:
        units = await reference.one_stop_units(connection, today)
        procedures = await reference.received_by(connection, unit, today, online=True) if unit else []
        if procedure in {code for code, _ in procedures}:
            try:
                offer = await reference.offer_of(connection, unit, procedure, today)
            except Refusal as refusal:
                form = form if form.problems else form.refused(refusal)
    return pages.render(
        request, "submit.html", status=status, form=form, units=units, procedures=procedures, offer=offer, unit=unit
    )
