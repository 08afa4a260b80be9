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
from web.pages import CurrentPages
from web.principal import Principal
from web.signin import Visitor

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Door:
    """A page and to whom it is open; its words are `home.<key>` and `home.<key>_note`."""

    key: str
    href: str
    roles: frozenset[Role]


DOORS: Final = (
    Door("counter", "/intake/counter", frozenset({Role.CLERK})),
    Door("cases", "/routing/cases", frozenset({Role.OFFICER, Role.LEADER})),
    Door("figures", "/reporting/figures", frozenset({Role.LEADER, Role.ADMIN})),
    Door("messages", "/notify/messages", frozenset({Role.CLERK, Role.LEADER, Role.OPERATOR})),
    Door("staff", "/directory/staff", frozenset({Role.ADMIN, Role.OPERATOR})),
    Door("calendars", "/directory/calendars", frozenset({Role.ADMIN, Role.OPERATOR})),
)
PUBLIC: Final = (
    Door("track", "/track", frozenset()),
    Door("submit", "/submit", frozenset()),
    Door("procedures", "/directory/procedures", frozenset()),
    Door("units", "/directory/units", frozenset()),
    Door("results", "/reporting/public", frozenset()),
)


@router.get("/")
async def home(request: Request, pages: CurrentPages, process: CurrentProcess, person: Visitor) -> Response:
    doors = [door for door in DOORS if person is not None and any(person.has(role) for role in door.roles)]
    # Told where administrators come every day, months before a promise needs the days that are missing.
    ending = await ending_calendars(process) if any(door.key == "calendars" for door in doors) else []
    return pages.render(request, "home.html", doors=doors, public=PUBLIC, held=_held(person), ending=ending)


def _held(person: Principal | None) -> list[dict[str, Any]]:
    """Every role that the person holds, unit by unit."""
    if person is None:
        return []
    return [
        {"unit": None if unit == INSTALLATION else person.unit_name(unit), "roles": sorted(held)}
        for unit, held in sorted(person.roles.items())
    ]
