"""More time is asked for, and a leader answers."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from contracts.directory import CalendarV1
from messaging.command_table import Answer, Command, CommandEntry, Load, UnitOfWork
from messaging.copied import Copied
from services.routing.access import actor_of
from services.routing.commands.case import LimitedExtension, case_of, changed, worker_who_has_seen_it
from services.routing.domain.case import Case
from services.routing.domain.extension import AskedExtension, OnlyLeadersConfirm
from services.routing.handlers.extension import answer, ask, end_of
from services.routing.repository.cases import CASE_STORE
from services.routing.schemas.endings import AnswerExtension
from worktime import Calendar, CalendarError

CALENDARS: Final = Copied(CalendarV1)


def _ask(command: Command[LimitedExtension], work: UnitOfWork) -> Answer:
    case, request = case_of(command, work), command.body.request
    by = actor_of(command.by, case)
    asked = AskedExtension(
        ground=request.ground,
        until=end_of(request.until, case, _calendar(case, work)),
        at=work.now,
        by=by.person,
        details=request.details,
    )
    return changed(work, ask(case, asked, by, command.body.most))


def _calendar(case: Case, work: UnitOfWork) -> Calendar | None:
    """None where it has not come, or cannot be counted with: then any day will do."""
    copy = work.get(CALENDARS, case.calendar) if case.calendar else None
    if copy is None:
        return None
    with suppress(CalendarError):
        return Calendar.from_data({**copy.model_dump(mode="json"), "version": 1})
    return None


def _answer(command: Command[AnswerExtension], work: UnitOfWork) -> Answer:
    case = case_of(command, work)
    return changed(work, answer(case, actor_of(command.by, case), work.now, confirm=command.body.confirm))


def _leader_who_has_seen_it(command: Command[AnswerExtension], work: UnitOfWork) -> None:
    """Raises CaseUnknown, Forbidden, OnlyLeadersConfirm or StaleWrite."""
    if not actor_of(command.by, case_of(command, work)).leads:
        raise OnlyLeadersConfirm
    worker_who_has_seen_it(command, work)


def _calendar_of_case(command: Command[LimitedExtension], work: UnitOfWork) -> Iterable[str]:
    case = work.get(CASE_STORE, command.target)
    return [case.calendar] if case is not None and case.calendar else []


ENTRIES: Final = (
    CommandEntry(
        body=LimitedExtension,
        handler=_ask,
        may=worker_who_has_seen_it,
        loads=(Load(CASE_STORE), Load(CALENDARS, _calendar_of_case)),
    ),
    CommandEntry(body=AnswerExtension, handler=_answer, may=_leader_who_has_seen_it, loads=(Load(CASE_STORE),)),
)
