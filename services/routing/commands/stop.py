"""A case is stopped."""

from typing import Final

from messaging.command_table import Answer, Command, CommandEntry, Load, UnitOfWork
from services.routing.access import actor_of
from services.routing.commands.case import case_of, changed, worker_who_has_seen_it
from services.routing.domain.stop import OnlyLeadersStop
from services.routing.handlers.stop import stop
from services.routing.repository.cases import CASE_STORE
from services.routing.schemas.endings import StopCase


def _stop(command: Command[StopCase], work: UnitOfWork) -> Answer:
    case, body = case_of(command, work), command.body
    return changed(work, stop(case, body.ground, body.details, actor_of(command.by, case), work.now))


def _leader_who_has_seen_it(command: Command[StopCase], work: UnitOfWork) -> None:
    """Raises CaseUnknown, Forbidden, OnlyLeadersStop or StaleWrite."""
    if not actor_of(command.by, case_of(command, work)).leads:
        raise OnlyLeadersStop
    worker_who_has_seen_it(command, work)


ENTRIES: Final = (CommandEntry(body=StopCase, handler=_stop, may=_leader_who_has_seen_it, loads=(Load(CASE_STORE),)),)
