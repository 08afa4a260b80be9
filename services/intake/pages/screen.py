"""What a page is made from, besides what it shows."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from chassis.process import CurrentProcess, Process
from services.intake.access import Clerk, units_of
from web.forms import Form
from web.pages import CurrentPages, Pages
from web.principal import Principal


@dataclass(frozen=True, slots=True)
class ClerkScreen:
    """One of a clerk's pages of a unit: who asks for it, and with what it is drawn."""

    process: Process
    pages: Pages
    clerk: Principal
    request: Request

    def render(self, template: str, form: Form[Any], unit: str, status: int = HTTPStatus.OK, **context: object) -> Response:
        """With the form and the units to choose from."""
        return self.pages.render(
            self.request, template, status=status, form=form, unit=unit, units=units_of(self.clerk), **context
        )


async def clerk_screen(process: CurrentProcess, pages: CurrentPages, clerk: Clerk, request: Request) -> ClerkScreen:
    return ClerkScreen(process=process, pages=pages, clerk=clerk, request=request)


CurrentScreen = Annotated[ClerkScreen, Depends(clerk_screen)]
