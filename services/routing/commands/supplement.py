"""An officer asks for papers or money. Papers are those that the procedure publishes, in the dossier's version or a newer one."""

from collections.abc import Iterable
from typing import Final

from contracts.directory import ProcedureV1
from messaging.command_table import Answer, Command, CommandEntry, Load, UnitOfWork
from messaging.copied import Copied
from services.routing.access import actor_of
from services.routing.commands.case import case_of, changed, worker_who_has_seen_it
from services.routing.domain.supplement import papers_of
from services.routing.handlers.supplement import ask
from services.routing.repository.cases import CASE_STORE
from services.routing.schemas.supplements import AskForPapers, AskForPayment

PROCEDURES: Final = Copied(ProcedureV1)


def _ask_for_payment(command: Command[AskForPayment], work: UnitOfWork) -> Answer:
    case = case_of(command, work)
    return changed(work, ask(case, command.body.wanted(), {}, actor_of(command.by, case), work.now))


def _ask_for_papers(command: Command[AskForPapers], work: UnitOfWork) -> Answer:
    case = case_of(command, work)
    known = papers_of(work.get(PROCEDURES, case.procedure.code), case.procedure.version)
    return changed(work, ask(case, command.body.wanted(), known, actor_of(command.by, case), work.now))


def _procedure(command: Command[AskForPapers], work: UnitOfWork) -> Iterable[str]:
    yield case_of(command, work).procedure.code


ENTRIES: Final = (
    CommandEntry(
        body=AskForPapers,
        handler=_ask_for_papers,
        may=worker_who_has_seen_it,
        loads=(Load(CASE_STORE), Load(PROCEDURES, _procedure)),
    ),
    CommandEntry(body=AskForPayment, handler=_ask_for_payment, may=worker_who_has_seen_it, loads=(Load(CASE_STORE),)),
)
