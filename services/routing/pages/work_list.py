"""The work list: an officer's own cases first, the whole unit's for a leader; the most urgent on top, every number a link."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from chassis.process import CurrentProcess
from contracts.directory import StaffV1
from contracts.values import Identifier, Role, UnitId
from messaging import copies
from services.routing.access import Worker, units_of
from services.routing.domain.due import Due, days_left
from services.routing.freshness import freshness
from services.routing.repository import lists
from services.routing.repository.lists import Counts, Cursor, Listed, Listing, Page
from web.pages import CurrentPages
from web.principal import Principal

router = APIRouter(prefix="/routing/cases", include_in_schema=False)
ME, ALL = "me", "all"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; `href` is the address that asks for something else."""

    scope: str
    unit: str | None = None
    listed: Listed = Listed.OPEN
    due: Due | None = None

    def href(self, **changes: Any) -> str:
        other = replace(self, **changes)
        query = {"officer": other.scope, "state": other.listed, "unit": other.unit, "due": other.due}
        return "/routing/cases?" + urlencode({name: value for name, value in query.items() if value is not None})

    def next(self, cursor: Cursor | None) -> str | None:
        return f"{self.href()}&{urlencode({'after': str(cursor)})}" if cursor else None

    def officer(self, person: Principal) -> str | None:
        return {ME: person.staff_id, ALL: None}.get(self.scope, self.scope)

    def listing(self, person: Principal, after: str | None) -> Listing:
        return Listing(
            units=units_of(person, self.unit),
            listed=self.listed,
            officer=None if self.listed is Listed.UNASSIGNED else self.officer(person),
            due=self.due,
            after=Cursor.read(after) if after else None,
        )


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one page shows: `counts` of the scope, `unassigned` of the units, who has how much (for a leader)."""

    page: Page
    counts: Counts
    unassigned: int
    by_officer: Sequence[Any]
    scope_name: str


@router.get("")
async def work_list(
    request: Request,
    process: CurrentProcess,
    pages: CurrentPages,
    person: Worker,
    officer: Identifier | None = None,
    unit: UnitId | None = None,
    state: Listed = Listed.OPEN,
    due: Due | None = None,
    after: Annotated[str | None, Query(max_length=100)] = None,
) -> Response:
    asked = Asked(officer or (ME if person.has(Role.OFFICER) else ALL), unit, state, due)
    wanted, now = asked.listing(person, after), process.clock()
    async with process.database.connect() as connection:
        loaded = await _load(connection, asked, wanted, person, now)
    return pages.render(
        request,
        "cases.html",
        asked=asked,
        loaded=loaded,
        units=[(ident, person.unit_name(ident)) for ident in units_of(person)],
        rows=[(row, days_left(row.promised_at, row.decided_at or now)) for row in loaded.page.rows],
        next_page=asked.next(loaded.page.next),
        fresh=freshness(process),
        Due=Due,
        Listed=Listed,
    )


async def _load(connection: AsyncConnection, asked: Asked, wanted: Listing, person: Principal, now: datetime) -> Loaded:
    of_units = await lists.counts(connection, wanted.units, now)
    leads = any(person.has(Role.LEADER, unit) for unit in wanted.units)
    return Loaded(
        page=await lists.page(connection, wanted, now),
        counts=of_units if asked.scope == ALL else await lists.counts(connection, wanted.units, now, asked.officer(person)),
        unassigned=of_units.unassigned,
        by_officer=await lists.by_officer(connection, wanted.units, now) if leads and asked.scope == ALL else (),
        scope_name="" if asked.scope in {ME, ALL} else await _name(connection, asked.scope),
    )


async def _name(connection: AsyncConnection, officer: str) -> str:
    staff = await copies.one(connection, StaffV1, officer)
    return staff.name if staff else officer
