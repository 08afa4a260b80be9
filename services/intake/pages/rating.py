"""One question after the result, on the tracking page: voluntary, once, for whoever knows the secret, and never for staff."""

from http import HTTPStatus

from fastapi import APIRouter, Response

from contracts.refusal import Refusal
from services.intake.commands.rating import rate
from services.intake.commands.tracking import identify
from services.intake.domain.rating import NotByStaff
from services.intake.pages.citizen import not_tracked, show_dossier
from services.intake.pages.citizen_screen import Screen
from services.intake.pages.forms import RatingForm, TrackingForm
from web.client_address import client_of
from web.forms import read_form
from web.idempotency import IdempotencyKey

router = APIRouter(include_in_schema=False)


@router.post("/track/rate")
async def rate_service(screen: Screen, _: IdempotencyKey) -> Response:
    """Needs no key to be done once: a dossier has one rating."""
    if screen.person is not None:
        raise NotByStaff
    who = await read_form(screen.request, TrackingForm, screen.pages.texts)
    if who.data is None:
        return await not_tracked(screen, who, None)
    dossier = await identify(screen.process, who.data.code, who.data.secret, client_of(screen.request))
    given = await read_form(screen.request, RatingForm, screen.pages.texts)
    if given.data is None:
        return await show_dossier(screen, dossier, given, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        await rate(screen.process, dossier, given.data.satisfaction)
    except Refusal as refusal:
        return await show_dossier(screen, dossier, given.refused(refusal), status=refusal.status)
    return await show_dossier(screen, dossier, who)
