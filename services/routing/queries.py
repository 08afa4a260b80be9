"""What the API and the pages of routing read: lists of cases, one case and what its reader may do about it, how fresh that is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.process import Process
from contracts.directory import StaffV1
from contracts.intake import ProcedureRef, UnitRef
from contracts.values import Role
from messaging import copies
from messaging.clock import system_clock
from messaging.consumer import GroupConsumer
from services.routing.access import actor_of, units_of
from services.routing.domain.absence import Absence
from services.routing.domain.assignment import Choice, Competent, Load, choices_of
from services.routing.domain.case import Actor, Case, State, state_of
from services.routing.domain.due import Due, Left, left
from services.routing.domain.freshness import Freshness
from services.routing.domain.history import HistoryLine
from services.routing.domain.refusals import CaseUnknown
from services.routing.domain.stranded import NeedsHand, needs_hand
from services.routing.domain.work_list import CaseQuery, Counts, ListKey, ListKind, OfficerCounts, by_officer, counts_of
from services.routing.repository import cases, lists, officers
from services.routing.repository.absences import absences_of
from services.routing.repository.calendars import calendars_of
from services.routing.repository.open_counts import holdings
from services.routing.schemas import CaseDetail, CaseLine, CasePage, WorkCounts
from web.paging import Cursor, Page
from web.principal import Principal

ME: Final = "me"
ALL: Final = "all"
_BY_PROMISE: Final = Cursor("cases-by-promise", ListKey)
_BY_DECISION: Final = Cursor("cases-by-decision", ListKey)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRecord:
    """A case with its history, who reads it, to whom it could be given, with how much each has, and why it needs a hand."""

    case: Case
    history: Sequence[HistoryLine]
    actor: Actor
    colleagues: Sequence[Competent]
    loads: Mapping[str, Load]
    left: Left
    needs_hand: NeedsHand | None = None

    @property
    def can_decide(self) -> bool:
        mine = self.case.officer is not None and self.case.officer.id == self.actor.person.id
        return not self.case.closed and (self.actor.leads or mine)

    @property
    def can_take(self) -> bool:
        is_officer = any(post.person.id == self.actor.person.id for post in self.colleagues)
        nobodys = self.case.state is State.UNASSIGNED or self.needs_hand is not None
        return nobodys and is_officer

    @property
    def choices(self) -> list[Choice]:
        """Everybody but the one who has it."""
        holder = self.case.officer.id if self.case.officer and not self.needs_hand else None
        return choices_of([post for post in self.colleagues if post.person.id != holder], self.loads)


async def page(connection: AsyncConnection, query: CaseQuery, now: datetime) -> Page[Any]:
    """One page of rows, and the cursor of the next."""
    rows = await lists.case_rows(connection, query, now)
    return cursor(query.kind).page(rows, query.limit, lambda row: lists.key_of(row, query.kind))


async def case_page(connection: AsyncConnection, query: CaseQuery, now: datetime) -> CasePage:
    rows = await page(connection, query, now)
    return CasePage(cases=[case_line(row) for row in rows.rows], next=rows.next)


async def work_list(
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
        left=await _left(connection, rows.rows, now),
        counts=counts_of(held, officer) if officer else of_units,
        unassigned=of_units.unassigned,
        needs_hand=of_units.needs_hand,
        stranded=stranded,
        stranded_left=await _left(connection, stranded, now),
        choices=await _choices(connection, led) if stranded else (),
        by_officer=by_officer(held) if led and officer is None else (),
        scope_name="" if request.scope in {ME, ALL} else await _name(connection, request.scope),
    )


async def work_counts(connection: AsyncConnection, person: Principal, now: datetime) -> WorkCounts:
    """Of the list that the person's work begins with, and what nobody has in the units that they lead."""
    held, led = await holdings(connection, units_of(person), now), person.units(Role.LEADER)
    mine = counts_of(held, person.staff_id if person.has(Role.OFFICER) else None)
    unassigned = counts_of(row for row in held if row.unit in led).unassigned if led else None
    return WorkCounts(mine=mine.open, late=mine.late, unassigned=unassigned)


async def _left(connection: AsyncConnection, rows: Sequence[Any], now: datetime) -> list[Left]:
    known = await calendars_of(connection, [row.calendar for row in rows])
    return [left(row.promised_at, row.decided_at or now, row.limit_kind, known.get(row.calendar)) for row in rows]


async def _choices(connection: AsyncConnection, units: Sequence[str]) -> list[Choice]:
    """The officers of these units, by name."""
    posts = [post for of_unit in (await officers.officers_of(connection, units)).values() for post in of_unit]
    return choices_of(posts, await officers.loads_of(connection, {post.person.id for post in posts}))


async def absences(connection: AsyncConnection, person: Principal) -> tuple[list[Absence], list[Choice]]:
    """The absences of the officers of one's units, and these officers by name."""
    officers_there = await _choices(connection, units_of(person))
    return await absences_of(connection, [ident for ident, _, _ in officers_there]), officers_there


async def case_detail(connection: AsyncConnection, person: Principal, case_id: str) -> CaseDetail:
    """Raises CaseUnknown or Forbidden."""
    case, _ = await _read(connection, person, case_id)
    return CaseDetail.of(case, await cases.history(connection, case_id), await _needs_hand(connection, case))


async def case_record(connection: AsyncConnection, person: Principal, case_id: str, now: datetime) -> CaseRecord:
    """Raises CaseUnknown or Forbidden."""
    case, actor = await _read(connection, person, case_id)
    unit = case.competent_unit.id
    colleagues = (await officers.officers_of(connection, [unit]))[unit]
    known = await calendars_of(connection, [case.calendar])
    ended = case.verdict.at if case.verdict else case.withdrawal.at if case.withdrawal else now
    return CaseRecord(
        case=case,
        history=await cases.history(connection, case_id),
        actor=actor,
        colleagues=colleagues,
        loads=await officers.loads_of(connection, [post.person.id for post in colleagues]),
        left=left(case.promised_at, ended, case.limit_kind, known.get(case.calendar or "")),
        needs_hand=await _needs_hand(connection, case),
    )


async def _needs_hand(connection: AsyncConnection, case: Case) -> NeedsHand | None:
    return needs_hand(case, None if case.officer is None else await copies.one(connection, StaffV1, case.officer.id))


def freshness(process: Process) -> Freshness:
    """Of the groups that bring dossiers; what comes over `common` is reference data."""
    consumers = [consumer for consumer in process.messaging.consumers if not consumer.group.endswith(".common")]
    polls = [poll for consumer in consumers for poll in _polls(consumer)]
    lag = sum(consumer.lag() or 0 for consumer in consumers)
    return Freshness.of(polls, lag, system_clock(), process.clock())


def _polls(consumer: GroupConsumer) -> list[datetime | None]:
    """When each assigned partition last answered, in the machine's time; None: not yet."""
    kafka = consumer.client
    polls = [kafka.last_poll_timestamp(partition) for partition in kafka.assignment()] if kafka else []
    return [None if poll is None else datetime.fromtimestamp(poll / 1000, UTC) for poll in polls]


async def _read(connection: AsyncConnection, person: Principal, case_id: str) -> tuple[Case, Actor]:
    case = await cases.find_case(connection, case_id)
    if case is None:
        raise CaseUnknown
    return case, actor_of(person, case)


async def _name(connection: AsyncConnection, officer: str) -> str:
    staff = await copies.one(connection, StaffV1, officer)
    return staff.name if staff else officer


def cursor(kind: ListKind) -> Cursor[ListKey]:
    """Which reads and writes the `after` of such a list."""
    return _BY_DECISION if kind is ListKind.DECIDED else _BY_PROMISE


def case_line(row: Any) -> CaseLine:
    """A row of a list as the API answers it."""
    return CaseLine(
        id=row.id,
        code=row.code,
        version=row.version,
        state=state_of(row.officer, row.outcome, row.withdrawn_at),
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
    )
