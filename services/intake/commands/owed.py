"""What was owed has come: brought to a clerk, handed in online by who has the secret; and who has brought nothing is reminded."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chassis.process import Process
from contracts.supplements import OwedKind
from contracts.values import Channel
from messaging.command_table import Answer, Command, CommandEntry, Load, UnitOfWork, anybody
from services.intake.adapters.keys import keys_of
from services.intake.adapters.seal import command_key
from services.intake.commands.records import answer, clerk_who_has_seen_it, dossier_of, save
from services.intake.handlers import owed as handlers
from services.intake.repository.dossiers import DOSSIERS
from services.intake.schemas.owed import HandInPapers, RecordPayment
from web import correlation
from web.conditional import require_current


@dataclass(frozen=True, slots=True)
class HandInByCitizen:
    """By whom the dossier's secret has identified."""

    request: HandInPapers


@dataclass(frozen=True, slots=True)
class RemindOfOwed:
    """Where nothing has come since before that."""

    due_before: datetime


async def hand_in_by_citizen(process: Process, dossier: str, seen: int, body: HandInPapers, key: str) -> Answer:
    route = f"POST dossiers/{dossier}/hand-in"
    command = Command(
        body=HandInByCitizen(body),
        target=dossier,
        seen=seen,
        key=command_key(keys_of(process.settings), key, f"citizen:{dossier}", route, body),
        correlation=correlation.current(),
    )
    return await process.commands.run(command)


def _hand_in(command: Command[HandInPapers], work: UnitOfWork) -> Answer:
    return _received(command, work, OwedKind.PAPERS, command.body.papers, Channel(command.body.through))


def _record_payment(command: Command[RecordPayment], work: UnitOfWork) -> Answer:
    return _received(command, work, OwedKind.MONEY, [], Channel.COUNTER)


def _received(
    command: Command[HandInPapers] | Command[RecordPayment],
    work: UnitOfWork,
    kind: OwedKind,
    codes: list[str],
    through: Channel,
) -> Answer:
    dossier, by = dossier_of(work, command.target), command.by
    decision = handlers.hand_in(dossier, kind, codes, work.now, through=through, by=by.staff_id, by_name=by.name)
    return answer(save(work, decision))


def _hand_in_by_citizen(command: Command[HandInByCitizen], work: UnitOfWork) -> Answer:
    dossier, codes = dossier_of(work, command.target), command.body.request.papers
    return answer(save(work, handlers.hand_in(dossier, OwedKind.PAPERS, codes, work.now, through=Channel.ONLINE)))


def _citizen_who_has_seen_it(command: Command[HandInByCitizen], work: UnitOfWork) -> None:
    """Raises NoSuchDossier or StaleWrite. The secret was asked for before."""
    require_current(command.seen, dossier_of(work, command.target).version)


def _remind(command: Command[RemindOfOwed], work: UnitOfWork) -> Answer:
    """Once more, it changes nothing."""
    dossier = dossier_of(work, command.target)
    decision = handlers.remind(dossier, work.now, command.body.due_before)
    return answer(dossier if decision is None else save(work, decision))


_LOADS: Final = (Load(DOSSIERS),)
ENTRIES: Final = (
    CommandEntry(body=HandInPapers, handler=_hand_in, may=clerk_who_has_seen_it, loads=_LOADS),
    CommandEntry(body=RecordPayment, handler=_record_payment, may=clerk_who_has_seen_it, loads=_LOADS),
    CommandEntry(body=HandInByCitizen, handler=_hand_in_by_citizen, may=_citizen_who_has_seen_it, loads=_LOADS),
    # No route leads here: it is the clock's work.
    CommandEntry(body=RemindOfOwed, handler=_remind, may=anybody, loads=_LOADS),
)
