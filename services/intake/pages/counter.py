"""The counter: choose the procedure, tick the papers, fill in or recognise the citizen, accept. One screen, no mouse needed.

Enter, a scanner's too, brings the checklist, the promise and the known citizen; accepting takes a key of its own, so that no
Enter accepts by accident. The cursor stands where the next key goes. The clerk has seen this person's other open dossiers of the
procedure before one more is received. What is typed is a draft until then: the page that answers the form is a GET.
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
from services.intake.pages.counter_entry import CounterEntry, read_entry
from services.intake.pages.forms import CounterForm, TypedForm
from services.intake.pages.opened import Opened, filled_in, is_their_name, typed_identity, with_card
from services.intake.pages.procedure_field import NoSuchWords, ProcedureField, read_procedure
from services.intake.pages.screen import ClerkScreen, CurrentScreen
from services.intake.pages.typed_moment import moment_or_none
from services.intake.queries.choices import CounterChoices, counter_choices, procedure_choices
from services.intake.queries.dossiers import known_applicant
from services.intake.queries.others import OtherDossier, others_of_person
from services.intake.schemas.views import warnings_of
from web import drafts
from web.drafts import Draft, DraftId, DraftLine
from web.forms import SHOWN, Form, blank, read_form
from web.idempotency import IdempotencyKey
from web.languages import chosen_language

router = APIRouter(include_in_schema=False)
PAGE: Final = "/intake/counter"
KNOWN, ANOTHER_NAME, CARD_NAME, ASKS = "known", "another_name", "card_name", "asks"
"""Notes of a draft: the person was known and filled in, or known by this other name, or the card says this other name; one more
was to be received.
"""


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
    return await _page(screen, form, Counter(lost=bool(draft), listed=listed), await _procedure(screen, form, Opened()))


async def _shown(screen: ClerkScreen, kept: Draft) -> Response:
    """What belongs to another person or procedure than the page was opened for is not shown as theirs."""
    opened = kept.read(Opened, screen.pages.texts).data or Opened()
    form = kept.form(TypedForm, screen.pages.texts)
    field = await _procedure(screen, form, opened)
    meant = {**form.values, "procedure": field.code or form.value("procedure")}
    chosen = {name: value for name, value in opened.without_other_papers(meant).items() if value}
    form = replace(form, values={"hand_over": HandOver.COUNTER, "language": "vi", **chosen})
    others = await _others(screen, typed_identity(form.values), field.code)
    return await _page(screen, form, Counter(number=opened.opened_number, others=others, draft=kept), field)


async def _procedure(screen: ClerkScreen, form: Form[Any], opened: Opened) -> ProcedureField:
    choices = await procedure_choices(screen.process, form.value("unit"))
    return read_procedure(form.value("procedure"), opened.opened_procedure, choices)


@router.post(PAGE)
async def use_counter(
    screen: CurrentScreen, key: IdempotencyKey, action: Annotated[str, FormField(alias="act")] = "open"
) -> Response:
    """`open` shows the checklist, `accept` receives and accepts, `hold` receives only, to hand back with form 02."""
    opened = (await read_form(screen.request, Opened, screen.pages.texts)).data or Opened()
    entry = read_entry(await screen.request.form(), await _sent_procedure(screen, opened))
    if action not in {"accept", "hold"} or entry.is_to_be_shown_first:
        return await _open(screen, opened, entry)
    return await _receive(screen, opened, entry, key, accept=action == "accept")


async def _sent_procedure(screen: ClerkScreen, opened: Opened) -> ProcedureField:
    return await _procedure(screen, await read_form(screen.request, TypedForm, screen.pages.texts), opened)


async def _open(screen: ClerkScreen, opened: Opened, entry: CounterEntry) -> Response:
    form = entry.form(TypedForm, screen.pages.texts)
    identity = typed_identity(form.values)
    number = identity.key if identity else ""
    values, notes = opened.kept(form.values, number), dict[str, str]()
    if entry.card is not None:
        notes |= {} if is_their_name(values, entry.card) else {CARD_NAME: entry.card.name}
        values = with_card(values, entry.card)
    known = await _newly_known(screen, opened, identity)
    if known is not None:
        values = filled_in(values, known)
        notes |= {KNOWN: "yes"} if is_their_name(values, known) else {ANOTHER_NAME: known.name}
    form = replace(form, values=values)
    if entry.procedure.unmatched:
        form = form.refused(NoSuchWords())
    elif not form.value("procedure") and entry.card is None:
        form = form.lacking("procedure", screen.pages.texts)
    now = Opened(opened_unit=form.value("unit"), opened_procedure=entry.procedure.code, opened_number=number)
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


async def _receive(screen: ClerkScreen, opened: Opened, entry: CounterEntry, key: str, *, accept: bool) -> Response:
    form = entry.form(CounterForm, screen.pages.texts)
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


async def _page(screen: ClerkScreen, form: Form[Any], counter: Counter, field: ProcedureField) -> Response:
    unit = form.value("unit")
    identity = typed_identity(form.values)
    choices = await counter_choices(screen.process, unit, field.code, moment_or_none(form.value("received_at")))
    if choices.refusal is not None and not form.problems:
        form = form.refused(choices.refusal)
    if choices.offer is not None:
        form = replace(form, values={**form.values, "procedure": choices.offer.procedure.title})
    return screen.render(
        "counter.html",
        form,
        unit,
        procedures=choices.procedures,
        offered=field.offered,
        offer=choices.offer,
        reception=choices.reception,
        why=choices.reception.why(chosen_language(screen.request)) if choices.reception else [],
        warnings=warnings_of(identity, civil_day(screen.process.clock())) if identity else [],
        counter=counter,
        focus=_focus(form, choices, field),
        known=counter.note(KNOWN),
        another_name=counter.note(ANOTHER_NAME),
        card_name=counter.note(CARD_NAME),
        asks=bool(counter.note(ASKS)),
    )


def _focus(form: Form[Any], choices: CounterChoices, field: ProcedureField) -> str:
    """Where the next key goes; what is wrong is read first."""
    if form.problems:
        return ""
    if choices.offer is None:
        return "offered" if form.value("procedure") and field.offered else "procedure"
    if not form.value("identity_number"):
        return "identity_number"
    if choices.offer.papers and not form.values.get("papers"):
        return "papers"
    return "accept" if form.value("name") else "name"
