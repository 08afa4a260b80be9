"""Work lists, their counts, and what is left of the time for each row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.directory import StaffV1
from contracts.intake import ProcedureRef, UnitRef
from contracts.values import Role
from messaging import copies
from services.routing.access import units_of
from services.routing.domain.assignment import Choice
from services.routing.domain.due import Due, Left, left
from services.routing.domain.states import state_of
from services.routing.domain.work_list import CaseQuery, Counts, ListKey, ListKind, OfficerCounts, by_officer, counts_of
from services.routing.queries.choices import choices
from services.routing.repository import lists
from services.routing.repository.calendars import calendars_of
from services.routing.repository.open_counts import holdings
from services.routing.schemas.views import CaseLine, CasePage, WorkCounts
from web.paging import Cursor, Page
from web.principal import Principal

ME: Final = "me"
ALL: Final = "all"
_BY_PROMISE: Final = Cursor("cases-by-promise", ListKey)
_BY_DECISION: Final = Cursor("cases-by-decision", ListKey)
_BY_WAIT: Final = Cursor("cases-by-wait", ListKey)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRequest:
    """A work list as its address names it: `scope` is `me`, `all` or a staff id, and says nothing about unassigned cases."""

    scope: str = ME
    unit: str | None = None
    kind: ListKind = ListKind.OPEN
    due: Due | None = None

    def officer(self, person: Principal) -> str | None:
        """Whose cases; None: anybody's."""
        return {ME: person.staff_id, ALL: None}.get(self.scope, self.scope)

    def query(self, person: Principal, after: str | None, limit: int = 50) -> CaseQuery:
        """Raises Forbidden for a unit of others, BadCursor for an `after` that no list gave out."""
        return CaseQuery(
            units=units_of(person, self.unit),
            kind=self.kind,
            officer=None if self.kind in {ListKind.UNASSIGNED, ListKind.NEEDS_HAND} else self.officer(person),
            due=self.due,
            after=cursor(self.kind).decode(after),
            limit=limit,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkList:
    """One page of a list with what is `left` for each row; `counts` of its scope, `unassigned` of its units; more for leaders."""

    page: Page[Any]
    left: Sequence[Left]
    counts: Counts
    unassigned: int
    by_officer: Sequence[OfficerCounts]
    needs_hand: int
    stranded: Sequence[Any]
    stranded_left: Sequence[Left]
    choices: Sequence[Choice]
    scope_name: str


async def page(connection: AsyncConnection, query: CaseQuery, now: datetime) -> Page[Any]:
    """One page of rows, and the cursor of the next."""
    rows = await lists.case_rows(connection, query, now)
    return cursor(query.kind).page(rows, query.limit, lambda row: lists.key_of(row, query.kind))


async def case_page(connection: AsyncConnection, query: CaseQuery, now: datetime) -> CasePage:
    rows = await page(connection, query, now)
    return CasePage(cases=[case_line(row) for row in rows.rows], next=rows.next)


async def read_work_list(
    connection: AsyncConnection, request: ListRequest, query: CaseQuery, person: Principal, now: datetime
) -> WorkList:
    held = await holdings(connection, query.units, now)
    of_units = counts_of(held)
    officer = request.officer(person)
    led = [unit for unit in query.units if person.has(Role.LEADER, unit)]
    first_stranded = CaseQuery(units=led, kind=ListKind.NEEDS_HAND)
    stranded = (await page(connection, first_stranded, now)).rows if led and of_units.needs_hand else ()
    rows = await page(connection, query, now)
    return WorkList(
        page=rows,
        left=await left_of(connection, rows.rows, now),
        counts=counts_of(held, officer) if officer else of_units,
        unassigned=of_units.unassigned,
        needs_hand=of_units.needs_hand,
        stranded=stranded,
        stranded_left=await left_of(connection, stranded, now),
        choices=await choices(connection, led) if stranded else (),
        by_officer=by_officer(held) if led and officer is None else (),
        scope_name="" if request.scope in {ME, ALL} else await _name(connection, request.scope),
    )


async def work_counts(connection: AsyncConnection, person: Principal, now: datetime) -> WorkCounts:
    """Of the list that the person's work begins with, and what nobody has in the units that they lead."""
    held, led = await holdings(connection, units_of(person), now), person.units(Role.LEADER)
    mine = counts_of(held, person.staff_id if person.has(Role.OFFICER) else None)
    unassigned = counts_of(row for row in held if row.unit in led).unassigned if led else None
    return WorkCounts(mine=mine.open, late=mine.late, unassigned=unassigned)


async def left_of(connection: AsyncConnection, rows: Sequence[Any], now: datetime) -> list[Left]:
    """What is left for each row."""
    known = await calendars_of(connection, [row.calendar for row in rows])
    ended = [row.decided_at or row.waiting_since or now for row in rows]
    return [left(row.promised_at, at, row.limit_kind, known.get(row.calendar)) for row, at in zip(rows, ended, strict=True)]


async def _name(connection: AsyncConnection, officer: str) -> str:
    staff = await copies.one(connection, StaffV1, officer)
    return staff.name if staff else officer


def cursor(kind: ListKind) -> Cursor[ListKey]:
    """Which reads and writes the `after` of such a list."""
    return {ListKind.DECIDED: _BY_DECISION, ListKind.WAITING: _BY_WAIT}.get(kind, _BY_PROMISE)


def case_line(row: Any) -> CaseLine:
    """A row of a list as the API answers it."""
    return CaseLine(
        id=row.id,
        code=row.code,
        version=row.version,
        state=state_of(row.officer, row.outcome, row.withdrawn_at, row.stopped_at, row.waiting_since, row.submitted_at),
        competent_unit=UnitRef(id=row.competent_unit, name=row.competent_unit_name),
        receiving_unit=UnitRef(id=row.receiving_unit, name=row.receiving_unit_name),
        procedure=ProcedureRef.model_validate(row.procedure),
        accepted_at=row.accepted_at,
        promised_at=row.promised_at,
        provisional=row.provisional,
        officer=row.officer,
        officer_name=row.officer_name,
        needs_hand=row.needs_hand,
        outcome=row.outcome,
        decided_at=row.decided_at,
        waiting_since=row.waiting_since,
        owed=row.pause and row.pause["owed"],
    )
