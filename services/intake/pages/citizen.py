"""The citizen's pages: hand in online, and see where a dossier stands. Code and secret never stand in an address.

Every page that answers a form is a GET. What was typed, or which dossier was found, is a draft that only this browser opens, for
a short time.
"""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from contracts.civil import civil_day
from contracts.refusal import Refusal
from services.intake.commands.dossiers import resubmit_by_citizen
from services.intake.commands.receive import submit_online
from services.intake.commands.submission_bounds import new_question
from services.intake.commands.tracking import identify
from services.intake.domain.stages import STEPS_AHEAD
from services.intake.domain.withdrawal import may_be_asked_back
from services.intake.pages.citizen_screen import AGAIN, DOSSIER, CitizenScreen, Screen
from services.intake.pages.forms import ResubmissionForm, SubmissionForm, TrackingForm
from services.intake.queries.choices import online_choices
from services.intake.queries.dossiers import dossier_detail, tracking_url
from services.intake.queries.ratings import is_rated
from services.intake.queries.reach import reach_of
from services.intake.queries.visits import visit_of
from services.intake.schemas.requests import ResubmitDossier
from services.intake.schemas.views import warnings_of
from web import drafts
from web.client_address import client_of
from web.conditional import IfMatch
from web.drafts import Draft, DraftId
from web.errors import retry_header
from web.forms import Form, blank, read_form
from web.idempotency import IdempotencyKey
from web.languages import chosen_language

router = APIRouter(include_in_schema=False)


@router.get("/track")
async def tracking_form(screen: Screen, code: Annotated[str, Query(max_length=100)] = "", draft: DraftId = "") -> Response:
    """The QR on the receipt fills in the code."""
    kept = await screen.opened(draft)
    form = kept.form(TrackingForm, screen.pages.texts) if kept else blank(code=code or None)
    return screen.render("track.html", form=form, draft=kept, lost=bool(draft) and kept is None)


@router.post("/track")
async def track(screen: Screen) -> Response:
    form = await read_form(screen.request, TrackingForm, screen.pages.texts)
    if form.data is None:
        return await not_tracked(screen, form, None)
    try:
        dossier = await identify(screen.process, form.data.code, form.data.secret, client_of(screen.request))
    except Refusal as refusal:
        return await not_tracked(screen, form.refused(refusal), refusal)
    return await show_dossier(screen, dossier, form)


@router.get("/track/dossier")
async def tracked(screen: Screen, draft: DraftId = "") -> Response:
    """What was found, as it is now."""
    kept = await screen.opened(draft)
    if kept is None or DOSSIER not in kept.notes:
        return screen.render("track.html", form=blank(), draft=None, lost=True)
    form, typed = kept.form(TrackingForm, screen.pages.texts), kept.form(ResubmissionForm, screen.pages.texts)
    return await _tracked(screen, kept.notes[DOSSIER], form, typed, kept)


@router.post("/track/resubmit")
async def resubmit(screen: Screen, seen: IfMatch, key: IdempotencyKey) -> Response:
    """After form 02, from the tracking page, which carries code and secret on."""
    who = await read_form(screen.request, TrackingForm, screen.pages.texts)
    if who.data is None:
        return await not_tracked(screen, who, None)
    papers = await read_form(screen.request, ResubmissionForm, screen.pages.texts)
    dossier = await identify(screen.process, who.data.code, who.data.secret, client_of(screen.request))
    given = ResubmitDossier(papers=papers.data.papers if papers.data else [])
    try:
        await resubmit_by_citizen(screen.process, dossier, seen, given, key)
    except Refusal as refusal:
        return await show_dossier(screen, dossier, papers.refused(refusal), status=refusal.status)
    return await show_dossier(screen, dossier, who, again=True)


async def not_tracked(screen: CitizenScreen, form: Form[Any], refusal: Refusal | None) -> Response:
    kept = await screen.keep_refused(form, refusal, "/track")
    if kept is not None:
        return kept
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refusal is None else refusal.status
    response = screen.render("track.html", status, form=form, draft=None, lost=False)
    response.headers.update(retry_header(refusal) if refusal else {})
    return response


async def show_dossier(
    screen: CitizenScreen, dossier: str, papers: Form[Any], status: int = HTTPStatus.OK, *, again: bool = False
) -> Response:
    notes = {DOSSIER: dossier} | ({AGAIN: "yes"} if again else {})
    draft = await drafts.sent(screen.request, papers, notes=notes)
    kept = await screen.keep(draft, "/track/dossier")
    form = draft.form(TrackingForm, screen.pages.texts)
    return kept or await _tracked(screen, dossier, form, papers, draft, status=status)


async def _tracked(
    screen: CitizenScreen, dossier: str, form: Form[Any], papers: Form[Any], draft: Draft, *, status: int = HTTPStatus.OK
) -> Response:
    detail = await dossier_detail(screen.process, dossier)
    email = detail.applicant.email if detail.applicant else None
    return screen.render(
        "tracked.html",
        status,
        dossier=detail.dossier,
        steps=detail.history,
        ahead_of=STEPS_AHEAD[detail.dossier.stage],
        may_withdraw=may_be_asked_back(detail.dossier),
        visit=await visit_of(screen.process, detail.dossier.unit, detail.dossier.promised_at),
        why=detail.dossier.why_this_date(chosen_language(screen.request)),
        form=form,
        papers=papers,
        draft=draft if draft.id else None,
        again=AGAIN in draft.notes,
        rated=None if screen.person is not None else await is_rated(screen.process, detail.dossier),
        reach=await reach_of(
            screen.process,
            detail.dossier.unit,
            detail.dossier.known_by(),
            email,
            confirmed=detail.dossier.address_confirmed,
        ),
    )


@router.get("/submit")
async def submission_form(
    screen: Screen,
    unit: Annotated[str, Query(max_length=24)] = "",
    procedure: Annotated[str, Query(max_length=30)] = "",
    draft: DraftId = "",
) -> Response:
    """First where and what, then the form with that procedure's papers; or as it was typed."""
    kept = await screen.opened(draft)
    if kept is not None:
        return await _submission(screen, kept.form(SubmissionForm, screen.pages.texts), draft=kept)
    form = blank(unit=unit, procedure=procedure, hand_over="counter", language=chosen_language(screen.request))
    asked = ("procedure", "unit") if unit else ("unit",)
    lacking = [name for name in asked if name in screen.request.query_params and not form.value(name)]
    if not lacking:
        return await _submission(screen, form, lost=bool(draft))
    return await _submission(screen, form.lacking(lacking[0], screen.pages.texts), status=HTTPStatus.UNPROCESSABLE_ENTITY)


@router.post("/submit")
async def submit(screen: Screen, key: IdempotencyKey) -> Response:
    form = await read_form(screen.request, SubmissionForm, screen.pages.texts)
    if form.data is None:
        return await _not_submitted(screen, form, None)
    client = None if screen.person else client_of(screen.request)
    try:
        received = await submit_online(screen.process, form.data.body(), key, client, form.data.given_proof())
    except Refusal as refusal:
        return await _not_submitted(screen, form.refused(refusal), refusal)
    dossier = received.answer.body["id"]
    kept = await screen.keep(Draft(path="/submit", notes={DOSSIER: dossier}), "/submit/done")
    return kept or await _submitted(screen, dossier, None, status=received.answer.status)


@router.get("/submit/done")
async def submitted(screen: Screen, draft: DraftId = "") -> Response:
    """What to keep: the submission number and its secret."""
    kept = await screen.opened(draft)
    if kept is None or DOSSIER not in kept.notes:
        return await _submission(screen, blank(), lost=True)
    return await _submitted(screen, kept.notes[DOSSIER], kept)


async def _submitted(screen: CitizenScreen, dossier: str, draft: Draft | None, status: int = HTTPStatus.OK) -> Response:
    detail = await dossier_detail(screen.process, dossier)
    number, applicant = detail.dossier.submission_number, detail.applicant
    return screen.render(
        "submitted.html",
        status,
        number=number,
        secret=detail.secret,
        draft=draft,
        tracking_url=tracking_url(screen.process, number),
        warnings=warnings_of(applicant.identity, civil_day(screen.process.clock())) if applicant else [],
        reach=await reach_of(
            screen.process,
            detail.dossier.unit,
            number,
            applicant.email if applicant else None,
            confirmed=detail.dossier.address_confirmed,
        ),
    )


async def _not_submitted(screen: CitizenScreen, form: Form[Any], refusal: Refusal | None) -> Response:
    kept = await screen.keep_refused(form, refusal, "/submit")
    if kept is not None:
        return kept
    response = await _submission(screen, form, status=HTTPStatus.UNPROCESSABLE_ENTITY if refusal is None else refusal.status)
    response.headers.update(retry_header(refusal) if refusal else {})
    return response


async def _submission(
    screen: CitizenScreen, form: Form[Any], *, status: int = HTTPStatus.OK, draft: Draft | None = None, lost: bool = False
) -> Response:
    unit = form.value("unit")
    choices = await online_choices(screen.process, unit, form.value("procedure"))
    if choices.refusal is not None and not form.problems:
        form = form.refused(choices.refusal)
    return screen.render(
        "submit.html",
        status,
        form=form,
        draft=draft,
        lost=lost,
        units=choices.units,
        procedures=choices.procedures,
        offer=choices.offer,
        unit=unit,
        question=new_question(screen.process) if form.problem("proof") else None,
    )
