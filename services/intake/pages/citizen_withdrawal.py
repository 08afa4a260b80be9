"""From the tracking page an applicant takes their dossier back: nothing happens until they have said that they mean it."""

from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel

from contracts.refusal import Refusal
from services.intake.commands.citizen_withdrawal import withdraw_by_citizen
from services.intake.commands.tracking import identify
from services.intake.pages.citizen import not_tracked, show_dossier
from services.intake.pages.citizen_screen import Screen
from services.intake.pages.forms import TrackingForm
from web.client_address import client_of
from web.conditional import IfMatch
from web.forms import read_form
from web.idempotency import IdempotencyKey

router = APIRouter(include_in_schema=False)


class SureForm(BaseModel):
    """`sure`: the box that says so was ticked."""

    sure: Literal["yes"]


@router.post("/track/withdraw")
async def withdraw(screen: Screen, seen: IfMatch, key: IdempotencyKey) -> Response:
    """The page carries code and secret on."""
    who = await read_form(screen.request, TrackingForm, screen.pages.texts)
    if who.data is None:
        return await not_tracked(screen, who, None)
    dossier = await identify(screen.process, who.data.code, who.data.secret, client_of(screen.request))
    sure = await read_form(screen.request, SureForm, screen.pages.texts)
    if sure.data is None:
        return await show_dossier(screen, dossier, sure, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        await withdraw_by_citizen(screen.process, dossier, seen, sure.data, key)
    except Refusal as refusal:
        return await show_dossier(screen, dossier, sure.refused(refusal), status=refusal.status)
    return await show_dossier(screen, dossier, who)
