"""A case is decided."""

from typing import Final

from messaging.command_table import Answer, Command, CommandEntry, Load, UnitOfWork
from services.routing.access import actor_of
from services.routing.commands.case import case_of, changed, worker_who_has_seen_it
from services.routing.handlers.work import decide
from services.routing.repository.cases import CASE_STORE
from services.routing.schemas.requests import DecideCase


def _decide(command: Command[DecideCase], work: UnitOfWork) -> Answer:
    case = case_of(command, work)
    actor = actor_of(command.by, case)
    return changed(work, decide(case, command.body.ruling(), actor, work.now))


ENTRIES: Final = (CommandEntry(body=DecideCase, handler=_decide, may=worker_who_has_seen_it, loads=(Load(CASE_STORE),)),)
