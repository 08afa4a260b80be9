"""The home page: for staff what each role does here, for everybody else what this is and where to go."""

from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from chassis.process import CurrentProcess
from contracts.values import Role
from services.directory.domain.accounts import INSTALLATION
from services.directory.queries.calendars import ending_calendars
from services.directory.queries.units import front_office
from web.drafts import remember_browser
from web.forms import blank
from web.pages import CurrentPages
from web.principal import Principal
from web.signin import Visitor

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Door:
    """A page for everybody; its words are `home.<key>` and `home.<key>_note`."""

    key: str
    href: str


PUBLIC: Final = (
    Door("track", "/track"),
    Door("submit", "/submit"),
    Door("procedures", "/directory/procedures"),
    Door("units", "/directory/units"),
    Door("results", "/reporting/public"),
)


@router.get("/")
async def home(request: Request, pages: CurrentPages, process: CurrentProcess, person: Visitor) -> Response:
    # Told where administrators come every day, months before a promise needs the days that are missing.
    administers = person is not None and any(person.has(role) for role in (Role.ADMIN, Role.OPERATOR))
    ending = await ending_calendars(process) if administers else []
    office = None if person is not None else await front_office(process)
    answer = pages.render(request, "home.html", public=PUBLIC, held=_held(person), ending=ending, track=blank(), office=office)
    if person is None:
        # The tracking form is sent from here.
        remember_browser(request, answer)
    return answer


@router.get("/directory/privacy")
async def privacy(request: Request, pages: CurrentPages, process: CurrentProcess, _: Visitor) -> Response:
    return pages.render(request, "privacy.html", office=await front_office(process))


def _held(person: Principal | None) -> list[dict[str, Any]]:
    """Every role that the person holds, unit by unit."""
    if person is None:
        return []
    return [
        {"unit": None if unit == INSTALLATION else person.unit_name(unit), "roles": sorted(held)}
        for unit, held in sorted(person.roles.items())
    ]
