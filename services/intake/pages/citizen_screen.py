"""What a page for a citizen is made from, and how its answer to a form becomes a page that may be loaded again."""

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import Depends, Request, Response

from chassis.process import CurrentProcess, Process
from contracts.refusal import Refusal
from services.intake.commands.draft_bounds import may_keep
from web import drafts
from web.client_address import client_of
from web.drafts import Draft
from web.forms import Form
from web.pages import CurrentPages, Pages
from web.principal import Principal
from web.signin import Visitor

FOUND_FOR: Final = timedelta(minutes=30)
"""So long a dossier that was found or handed in may be loaded again."""
DOSSIER, AGAIN = "dossier", "again"
"""Notes of a draft: which dossier was found or handed in; its papers were handed in again just now."""


@dataclass(frozen=True, slots=True)
class CitizenScreen:
    """One page, for one request of somebody who need not be signed in."""

    process: Process
    pages: Pages
    person: Principal | None
    request: Request

    def render(self, template: str, status: int = HTTPStatus.OK, **context: object) -> Response:
        response = self.pages.render(self.request, template, status=status, **context)
        if self.person is None:
            drafts.remember_browser(self.request, response)
        return response

    async def opened(self, ident: str) -> Draft | None:
        return await drafts.opened(self.request, self.person, ident)

    async def keep(self, draft: Draft, page: str) -> Response | None:
        """The way to the page that shows it. None for a browser that keeps no cookies, and where as much as may be is kept of
        this address.
        """
        if drafts.owner_of(self.request, self.person) is None:
            return None
        if self.person is None and not await may_keep(self.process, client_of(self.request)):
            return None
        kept_for = FOUND_FOR if DOSSIER in draft.notes else None
        return await drafts.lead_to(self.request, self.person, draft, page, kept_for=kept_for)

    async def keep_refused(self, form: Form[Any], refusal: Refusal | None, page: str) -> Response | None:
        """None also where the answer says to come back later."""
        if refusal is not None and refusal.retry_after is not None:
            return None
        return await self.keep(await drafts.sent(self.request, form), page)


async def citizen_screen(process: CurrentProcess, pages: CurrentPages, person: Visitor, request: Request) -> CitizenScreen:
    return CitizenScreen(process, pages, person, request)


Screen = Annotated[CitizenScreen, Depends(citizen_screen)]
