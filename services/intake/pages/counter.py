"""The counter: choose the procedure, tick the papers, fill in or recognise the citizen, accept. One screen, no mouse needed.

Enter brings the checklist and the known citizen; accepting takes a key of its own, so that no Enter accepts by accident. The
clerk has seen this person's other open dossiers of the procedure before one more is received. What is typed is a draft until
then: the page that answers the form is a GET.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Annotated, Any, Final

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
from services.intake.pages.forms import CounterForm, TypedForm
from services.intake.pages.opened import Opened, filled_in, is_their_name, typed_identity
from services.intake.pages.screen import ClerkScreen, CurrentScreen
from services.intake.queries.choices import counter_choices
from services.intake.queries.dossiers import known_applicant
from services.intake.queries.others import OtherDossier, others_of_person
from services.intake.schemas.views import warnings_of
from web import drafts
from web.drafts import Draft, DraftId, DraftLine
from web.forms import SHOWN, Form, blank, read_form
from web.idempotency import IdempotencyKey

router = APIRouter(include_in_schema=False)
PAGE: Final = "/intake/counter"
KNOWN, ANOTHER_NAME, ASKS = "known", "another_name", "asks"
"""Notes of a draft: the person was known and filled in, or known by this other name; one more was to be received."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """The page beside its form: for whom it is open, and which other dossiers they have. `draft`: what it shows; `lost`: it was
    asked for and is not there; `listed`: those that the clerk may go on with.
    """

    number: str = ""
    others: Sequence[OtherDossier] = ()
    draft: Draft | None = None
    lost: bool = False
    listed: Sequence[DraftLine] = ()

    def note(self, name: str) -> str:
        return self.draft.notes.get(name, "") if self.draft else ""


@router.get(PAGE)
async def counter(screen: CurrentScreen, unit: str = "", procedure: str = "", draft: DraftId = "") -> Response:
    """Empty, or as the draft has it."""
    kept = await drafts.opened(screen.request, screen.clerk, draft)
    if kept is not None:
        return await _shown(screen, kept)
    form = blank(unit=own_unit(screen.clerk, unit), procedure=procedure or None, hand_over="counter", language="vi")
    listed = await drafts.listed(screen.request, screen.clerk, PAGE)
    return await _page(screen, form, Counter(lost=bool(draft), listed=listed))


async def _shown(screen: ClerkScreen, kept: Draft) -> Response:
    """What belongs to another person or procedure than the page was opened for is not shown as theirs."""
    opened = kept.read(Opened, screen.pages.texts).data or Opened()
    form = kept.form(TypedForm, screen.pages.texts)
    chosen = {name: value for name, value in opened.without_other_papers(form.values).items() if value}
    form = replace(form, values={"hand_over": HandOver.COUNTER, "language": "vi", **chosen})
    others = await _others(screen, typed_identity(form.values), form.value("procedure"))
    return await _page(screen, form, Counter(number=opened.opened_number, others=others, draft=kept))


@router.post(PAGE)
async def use_counter(
    screen: CurrentScreen, key: IdempotencyKey, action: Annotated[str, FormField(alias="act")] = "open"
) -> Response:
    """`open` shows the checklist, `accept` receives and accepts, `hold` receives only, to hand back with form 02."""
    opened = (await read_form(screen.request, Opened, screen.pages.texts)).data or Opened()
    if action not in {"accept", "hold"}:
        return await _open(screen, opened)
    return await _receive(screen, opened, key, accept=action == "accept")


async def _open(screen: ClerkScreen, opened: Opened) -> Response:
    form = await read_form(screen.request, TypedForm, screen.pages.texts)
    identity = typed_identity(form.values)
    number = identity.key if identity else ""
    values, notes = opened.kept(form.values, number), dict[str, str]()
    known = await _newly_known(screen, opened, identity)
    if known is not None:
        values = filled_in(values, known)
        notes = {KNOWN: "yes"} if is_their_name(values, known) else {ANOTHER_NAME: known.name}
    form = replace(form, values=values)
    if not form.value("procedure"):
        form = form.lacking("procedure", screen.pages.texts)
    now = Opened(opened_unit=form.value("unit"), opened_procedure=form.value("procedure"), opened_number=number)
    return await _kept(screen, form, now, notes)


async def _kept(screen: ClerkScreen, form: Form[Any], opened: Opened, notes: Mapping[str, str]) -> Response:
    """Leads to the page that shows it."""
    pairs = drafts.pairs_of({**form.values, **opened.model_dump(exclude={"others_shown"})})
    draft = Draft(path=PAGE, pairs=pairs, problems=tuple(form.problems), notes=notes)
    return await drafts.lead_to(screen.request, screen.clerk, draft)


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
    shown = opened.model_copy(update={"opened_number": opened.opened_number or number})
    try:
        opened.require(form.values, number)
        if form.data is None:
            return await _kept(screen, form, shown, {})
        if not {other.id for other in others} <= set(opened.others_shown):
            return await _kept(screen, form, shown, {ASKS: "yes"})
        received = await receive_dossier(screen.process, screen.clerk, form.data.dossier(accept=accept), key)
    except Refusal as refusal:
        if refusal.status not in SHOWN:
            raise
        return await _kept(screen, form.refused(refusal), shown, {})
    await drafts.done(screen.request, screen.clerk)
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
        procedures=choices.procedures,
        offer=choices.offer,
        warnings=warnings_of(identity, civil_day(screen.process.clock())) if identity else [],
        counter=counter,
        known=counter.note(KNOWN),
        another_name=counter.note(ANOTHER_NAME),
        asks=bool(counter.note(ASKS)),
    )
