"""What a unit that has ended leaves behind goes to its successor. Nobody gives this command: the day and the directory do."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from chassis.process import Process
from contracts.civil import civil_day
from messaging.command_table import Answer, Command, CommandEntry, Load, UnitOfWork, anybody
from services.intake.commands.records import answer, dossier_of, save
from services.intake.domain.orders import order_of
from services.intake.domain.stages import Transition, allowed
from services.intake.handlers import dossier as handlers
from services.intake.handlers.post import redirect_order
from services.intake.repository.dossiers import DOSSIERS
from services.intake.repository.orders import ORDERS
from services.intake.repository.successions import SUCCESSORS, Ended


@dataclass(frozen=True, slots=True)
class TransferDossier:
    """To whoever is in charge of its unit today; nothing happens while that is the unit itself, or nobody."""


async def transfer_dossier(process: Process, dossier: str) -> Answer:
    return await process.commands.run(Command(body=TransferDossier(), target=dossier))


def _transfer(command: Command[TransferDossier], work: UnitOfWork) -> Answer:
    dossier = dossier_of(work, command.target)
    successor = work.get(SUCCESSORS, _ended(command, work))
    if successor is None or Transition.TRANSFER not in allowed(dossier.stage):
        return answer(dossier)
    order = work.get(ORDERS, order_of(dossier.id))
    if order is not None:
        work.save(ORDERS, redirect_order(order, successor))
    return answer(save(work, handlers.transfer(dossier, successor, work.now)))


def _ended(command: Command[Any], work: UnitOfWork) -> Ended:
    return Ended(dossier_of(work, command.target).unit.id, civil_day(work.now))


def _successor(command: Command[Any], work: UnitOfWork) -> Iterable[Ended]:
    yield _ended(command, work)


def _order(command: Command[Any], _: UnitOfWork) -> Iterable[str]:
    yield order_of(command.target)


ENTRIES: Final = (
    # No route gives it, and it does what the directory says, whoever asks.
    CommandEntry(
        body=TransferDossier,
        handler=_transfer,
        may=anybody,
        loads=(Load(DOSSIERS), Load(ORDERS, _order), Load(SUCCESSORS, _successor)),
    ),
)
