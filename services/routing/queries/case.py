"""One case, and what its reader may do about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.directory import StaffV1
from messaging import copies
from services.routing.access import actor_of
from services.routing.domain.assignment import Choice, Competent, Load, choices_of
from services.routing.domain.case import Actor, Case
from services.routing.domain.due import Left, left
from services.routing.domain.history import HistoryLine
from services.routing.domain.refusals import CaseUnknown
from services.routing.domain.states import State
from services.routing.domain.stranded import NeedsHand, needs_hand
from services.routing.queries.signature import signs_for
from services.routing.repository import cases, officers
from services.routing.repository.calendars import calendars_of
from services.routing.schemas.views import CaseDetail
from web.principal import Principal


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
    signs: bool = False

    @property
    def can_decide(self) -> bool:
        return not self.case.closed and self.case.pause is None and self.case.signing is None and self._works_on_it

    @property
    def can_ask(self) -> bool:
        """For papers or money; a case of nobody is taken first."""
        return self.case.state is State.ASSIGNED and self._works_on_it

    @property
    def can_ask_for_time(self) -> bool:
        """For more of it."""
        return not self.case.closed and self.case.pause is None and self.case.asked is None and self._works_on_it

    @property
    def can_answer(self) -> bool:
        return self.can_stop and self.case.asked is not None

    @property
    def can_stop(self) -> bool:
        return not self.case.closed and self.actor.leads

    @property
    def can_submit(self) -> bool:
        """Its officer, where a leader signs and no draft waits."""
        return self.case.signing is not None and self.case.state is State.ASSIGNED and self._mine

    @property
    def can_take_back(self) -> bool:
        return self.case.state is State.SUBMITTED and self._mine

    @property
    def can_return(self) -> bool:
        return self.case.state is State.SUBMITTED and self.signs

    @property
    def can_sign(self) -> bool:
        """Nobody signs their own draft."""
        proposal = self.case.proposal
        return self.can_return and proposal is not None and proposal.by.id != self.actor.person.id

    @property
    def _mine(self) -> bool:
        return self.case.officer is not None and self.case.officer.id == self.actor.person.id

    @property
    def _works_on_it(self) -> bool:
        return self.actor.leads or self._mine

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
    ended = next((end.at for end in (case.verdict, case.withdrawal, case.stop) if end), case.pause.since if case.pause else now)
    return CaseRecord(
        case=case,
        history=await cases.history(connection, case_id),
        actor=actor,
        colleagues=colleagues,
        loads=await officers.loads_of(connection, [post.person.id for post in colleagues]),
        left=left(case.promised_at, ended, case.limit_kind, known.get(case.calendar or "")),
        needs_hand=await _needs_hand(connection, case),
        signs=await signs_for(connection, person, case, now),
    )


async def _needs_hand(connection: AsyncConnection, case: Case) -> NeedsHand | None:
    return needs_hand(case, None if case.officer is None else await copies.one(connection, StaffV1, case.officer.id))


async def _read(connection: AsyncConnection, person: Principal, case_id: str) -> tuple[Case, Actor]:
    case = await cases.find_case(connection, case_id)
    if case is None:
        raise CaseUnknown
    return case, actor_of(person, case)
