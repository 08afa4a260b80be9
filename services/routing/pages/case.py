"""One case with what its reader may do.

A decision cannot be taken back, so a page of its own asks first: no Enter and no slip of the mouse decides a case. What was typed
is kept as a draft, and every page that answers a form is a GET.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal, TypeVar

from fastapi import APIRouter, Depends
from fastapi import Form as FormField
from starlette.responses import RedirectResponse, Response

from contracts.refusal import Refusal
from contracts.values import Role
from services.routing.commands.case import CaseCommand, CaseId, case_command
from services.routing.domain.case import may_decide
from services.routing.domain.work_list import ListKind
from services.routing.pages.screen import CurrentScreen, Screen
from services.routing.queries.case import CaseRecord, case_record
from services.routing.queries.freshness import freshness
from services.routing.queries.lists import ALL, ME, ListRequest, page
from services.routing.schemas.requests import AssignCase, DecideCase, Schema
from services.routing.schemas.signature import ReturnDraft, SignDraft, SubmitDraft, TakeBackDraft
from web import drafts
from web.conditional import require_current
from web.drafts import Draft, DraftId
from web.forms import SHOWN, Form, blank, read_form

router = APIRouter(prefix="/routing/cases", include_in_schema=False)
M = TypeVar("M", bound=Schema)
Done = Literal["decided", "assigned", "submitted", "taken-back", "returned", "signed"]
Sure = Literal["", "yes", "no"]
STEPS: Final[Mapping[str, type[Schema]]] = {
    "decide": DecideCase,
    "assign": AssignCase,
    "submit": SubmitDraft,
    "take-back": TakeBackDraft,
    "return": ReturnDraft,
    "sign": SignDraft,
}
"""By the last part of a form's address."""


@dataclass(frozen=True, slots=True)
class CaseScreen(Screen):
    """The page of one case, for one request."""

    async def show(
        self,
        case_id: str,
        draft: Draft | None = None,
        *,
        refusal: Refusal | None = None,
        done: Done | None = None,
        lost: bool = False,
    ) -> Response:
        """With the form as it was typed, and what happened since its sender saw the case. `refusal`: what is against it now."""
        record, following = await self._record(case_id), await self._following(case_id, done) if done else None
        form = draft.form(STEPS[draft.step], self.pages.texts) if draft else blank()
        return self.pages.render(
            self.request,
            "case.html",
            record=record,
            case=record.case,
            form=form.refused(refusal) if refusal else form,
            draft=draft,
            lost=lost,
            done=done,
            following=following,
            meanwhile=[line for line in record.history if draft and draft.seen is not None and line.number > draft.seen],
            fresh=freshness(self.process),
        )

    async def draft_of(self, case_id: str, ident: str) -> Draft | None:
        """What was typed about this case."""
        draft = await drafts.opened(self.request, self.person, ident)
        return draft if draft and draft.path in {f"{_page_of(case_id)}/{step}" for step in STEPS} else None

    async def submit(self, command: CaseCommand, model: type[M], done: Done) -> Response:
        """Do what the form asks and go back to the page; or to the page with what was typed and what is wrong with it."""
        form = await read_form(self.request, model, self.pages.texts)
        if form.data is None:
            return await self._again(command, form)
        try:
            await command.run(form.data)
        except Refusal as refusal:
            if refusal.status not in SHOWN:
                raise
            return await self._again(command, form.refused(refusal))
        await drafts.done(self.request, self.person)
        return RedirectResponse(f"{_page_of(command.case_id)}?done={done}", HTTPStatus.SEE_OTHER)

    async def ask(self, command: CaseCommand) -> Response:
        """To the page that asks; what could not be decided is refused before anybody is asked."""
        form = await read_form(self.request, DecideCase, self.pages.texts)
        if form.data is None:
            return await self._again(command, form)
        try:
            self._require(form.data, await self._record(command.case_id), command.version)
        except Refusal as refusal:
            if refusal.status not in SHOWN:
                raise
            return await self._again(command, form.refused(refusal))
        return await self._again(command, form, "/decide")

    async def confirm(self, case_id: str, ident: str) -> Response:
        """What would be decided, to be confirmed. Without a draft, or if it cannot be decided any more: the case's page."""
        draft = await self.draft_of(case_id, ident)
        if draft is None or draft.seen is None or draft.step != "decide":
            return await self.show(case_id, draft, lost=draft is None)
        form, record = draft.read(DecideCase, self.pages.texts), await self._record(case_id)
        if form.data is None:
            return await self.show(case_id, draft.model_copy(update={"problems": tuple(form.problems)}))
        try:
            self._require(form.data, record, draft.seen)
        except Refusal as refusal:
            return await self.show(case_id, draft, refusal=refusal)
        return self.pages.render(self.request, "decide.html", case=record.case, ruling=form.data, draft=draft)

    def _require(self, ruling: DecideCase, record: CaseRecord, seen: int) -> None:
        """Raises a Refusal if it could not be decided so."""
        ruling.ruling()
        require_current(seen, record.case.version)
        may_decide(record.case, record.actor)

    async def change(self, command: CaseCommand) -> Response:
        """The page again, with what was typed: nothing is decided."""
        return await self._again(command, await read_form(self.request, DecideCase, self.pages.texts))

    async def _again(self, command: CaseCommand, form: Form[Any], page: str = "") -> Response:
        """To a page of the case, with what was typed and what is wrong with it. Raises CaseUnknown."""
        await self._record(command.case_id)
        draft = await drafts.sent(self.request, form, seen=command.version, notes={"key": command.key})
        return await drafts.lead_to(self.request, self.person, draft, _page_of(command.case_id) + page)

    async def _record(self, case_id: str) -> CaseRecord:
        async with self.process.reads.connect() as connection:
            return await case_record(connection, self.person, case_id, self.process.clock())

    async def _following(self, case_id: str, done: Done) -> str | None:
        """The page of the next case for whoever has just done this: one to assign after one that was, else the most urgent."""
        kind = ListKind.UNASSIGNED if done == "assigned" and self.person.has(Role.LEADER) else ListKind.OPEN
        request = ListRequest(scope=ME if self.person.has(Role.OFFICER) else ALL, kind=kind)
        query = request.query(self.person, None, limit=2)
        async with self.process.reads.connect() as connection:
            rows = (await page(connection, query, self.process.clock())).rows
        return next((_page_of(row.id) for row in rows if row.id != case_id), None)


def _page_of(case_id: str) -> str:
    return f"/routing/cases/{case_id}"


async def case_screen(screen: CurrentScreen) -> CaseScreen:
    return CaseScreen(screen.request, screen.process, screen.pages, screen.person)


CurrentCaseScreen = Annotated[CaseScreen, Depends(case_screen)]


@router.get("/{case}")
async def show(screen: CurrentCaseScreen, case: CaseId, done: Done | None = None, draft: DraftId = "") -> Response:
    typed = await screen.draft_of(case, draft)
    return await screen.show(case, typed, done=done, lost=bool(draft) and typed is None)


@router.get("/{case}/decide")
async def confirm(screen: CurrentCaseScreen, case: CaseId, draft: DraftId = "") -> Response:
    """What would be decided: asked before it is."""
    return await screen.confirm(case, draft)


@router.post("/{case}/decide")
async def decide(
    screen: CurrentCaseScreen, command: Annotated[CaseCommand, Depends(case_command)], sure: Annotated[Sure, FormField()] = ""
) -> Response:
    """Asked for, confirmed (`yes`) or thought better of (`no`)."""
    if sure == "yes":
        return await screen.submit(command, DecideCase, "decided")
    return await (screen.change(command) if sure else screen.ask(command))


@router.post("/{case}/assign")
async def assign(screen: CurrentCaseScreen, command: Annotated[CaseCommand, Depends(case_command)]) -> Response:
    return await screen.submit(command, AssignCase, "assigned")
