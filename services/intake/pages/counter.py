"""The counter: choose the procedure, tick the papers, fill in or recognise the citizen, accept. One screen, no mouse needed.

Enter brings the checklist and the known citizen; accepting takes a key of its own, so that no Enter accepts by accident. The
clerk has seen this person's other open dossiers of the procedure before one more is received.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Response
from fastapi import Form as FormField
from fastapi.responses import RedirectResponse

from contracts.civil import civil_day
from contracts.identity import Identity
from contracts.refusal import Refusal
from contracts.values import HandOver, Role
from services.intake.access import own_unit
from services.intake.commands.receive import receive_dossier
from services.intake.domain.applicant import Applicant
from services.intake.pages.forms import CounterForm, Draft
from services.intake.pages.opened import Opened, filled_in, is_their_name, typed_identity
from services.intake.pages.screen import ClerkScreen, CurrentScreen
from services.intake.queries.choices import counter_choices
from services.intake.queries.dossiers import known_applicant
from services.intake.queries.others import OtherDossier, others_of_person
from services.intake.schemas.views import warnings_of
from web.forms import Form, blank, read_form
from web.idempotency import IdempotencyKey

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """The page beside its form: for whom it is open, what is filled in of them, which other dossiers they have. `asks`: whether
    one more is to be received, now that they are shown.
    """

    number: str = ""
    known: Applicant | None = None
    others: Sequence[OtherDossier] = ()
    asks: bool = False
    status: int = HTTPStatus.OK


@router.get("/intake/counter")
async def empty_counter(screen: CurrentScreen, unit: str = "", procedure: str = "") -> Response:
    form = blank(unit=own_unit(screen.clerk, unit), procedure=procedure or None, hand_over="counter", language="vi")
    return await _page(screen, form, Counter())


@router.post("/intake/counter")
async def use_counter(
    screen: CurrentScreen, key: IdempotencyKey, action: Annotated[str, FormField(alias="act")] = "open"
) -> Response:
    """`open` shows the checklist, `accept` receives and accepts, `hold` receives only, to hand back with form 02."""
    opened = (await read_form(screen.request, Opened, screen.pages.texts)).data or Opened()
    if action not in {"accept", "hold"}:
        return await _open(screen, opened)
    return await _receive(screen, opened, key, accept=action == "accept")


async def _open(screen: ClerkScreen, opened: Opened) -> Response:
    form = await read_form(screen.request, Draft, screen.pages.texts)
    identity = typed_identity(form.values)
    number = identity.key if identity else ""
    values = opened.kept(form.values, number)
    known = await _newly_known(screen, opened, identity)
    if known is not None:
        values = filled_in(values, known)
    chosen = {name: value for name, value in values.items() if value}
    form = replace(form, values={"hand_over": HandOver.COUNTER, "language": "vi", **chosen})
    others = await _others(screen, identity, form.value("procedure"))
    if form.value("procedure"):
        return await _page(screen, form, Counter(number=number, known=known, others=others))
    counter = Counter(number=number, known=known, others=others, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return await _page(screen, form.lacking("procedure", screen.pages.texts), counter)


async def _newly_known(screen: ClerkScreen, opened: Opened, identity: Identity | None) -> Applicant | None:
    """Filled in once, when the page is opened for them: what the clerk then empties stays empty."""
    if identity is None or identity.key == opened.opened_number:
        return None
    return await known_applicant(screen.process, identity, screen.clerk.units(Role.CLERK))


async def _receive(screen: ClerkScreen, opened: Opened, key: str, *, accept: bool) -> Response:
    form = await read_form(screen.request, CounterForm, screen.pages.texts)
    identity = typed_identity(form.values)
    number = identity.key if identity else ""
    others = await _others(screen, identity, form.value("procedure"), key)
    counter = Counter(number=opened.opened_number or number, others=others)
    try:
        opened.require(form.values, number)
        if form.data is None:
            return await _page(screen, form, replace(counter, status=HTTPStatus.UNPROCESSABLE_ENTITY))
        if not {other.id for other in others} <= set(opened.others_shown):
            return await _page(screen, form, replace(counter, asks=True))
        received = await receive_dossier(screen.process, screen.clerk, form.data.dossier(accept=accept), key)
    except Refusal as refusal:
        form = replace(form, values=opened.without_other_papers(form.values)).refused(refusal)
        return await _page(screen, form, replace(counter, status=HTTPStatus(refusal.status)))
    then = "/receipt" if accept else "#return"
    return RedirectResponse(f"/intake/dossiers/{received.answer.body['id']}{then}", status_code=HTTPStatus.SEE_OTHER)


async def _others(screen: ClerkScreen, identity: Identity | None, procedure: str, key: str = "") -> Sequence[OtherDossier]:
    if identity is None or not procedure:
        return ()
    return await others_of_person(screen.process, screen.clerk, identity, procedure, key)


async def _page(screen: ClerkScreen, form: Form[Any], counter: Counter) -> Response:
    unit = form.value("unit")
    identity = typed_identity(form.values)
    choices = await counter_choices(screen.process, unit, form.value("procedure"))
    if choices.refusal is not None and not form.problems:
        form = form.refused(choices.refusal)
    return screen.render(
        "counter.html",
        form,
        unit,
        counter.status,
        procedures=choices.procedures,
        offer=choices.offer,
        warnings=warnings_of(identity, civil_day(screen.process.clock())) if identity else [],
        counter=counter,
        another_name=counter.known is not None and not is_their_name(form.values, counter.known),
        waiting=choices.waiting,
    )
