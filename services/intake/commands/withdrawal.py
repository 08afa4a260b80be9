"""A clerk takes a dossier back for its applicant. The one that stays is locked beside it: neither is withdrawn for the other."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from chassis.process import Process
from contracts.values import Role
from messaging.command_table import Answer, Command, CommandEntry, Load, UnitOfWork
from services.intake.commands.records import answer, clerk_who_has_seen_it, dossier_of, save
from services.intake.domain.dossier import Dossier, Withdrawal
from services.intake.domain.withdrawal import NotItsDuplicate, Wish, require_stays
from services.intake.handlers.withdrawal import withdraw
from services.intake.repository import dossiers
from services.intake.repository.dossiers import DOSSIERS
from services.intake.repository.people import PEOPLE
from services.intake.schemas.requests import WithdrawDossier


@dataclass(frozen=True, slots=True)
class WithdrawNamed:
    """`other`: the id of the dossier that stays, where one was named."""

    wish: Wish
    other: str | None = None


async def named(process: Process, request: WithdrawDossier) -> WithdrawNamed:
    """What a dossier is known by leads to the same one for ever, so it is looked up before anything is locked.

    Raises a Refusal for what cannot be asked, and NotItsDuplicate for a reference that nothing has.
    """
    wish = request.wish()
    if wish.duplicate_of is None:
        return WithdrawNamed(wish)
    async with process.reads.connect() as connection:
        other = await dossiers.quoted(connection, wish.duplicate_of)
    if other is None:
        raise NotItsDuplicate
    return WithdrawNamed(wish, other)


def _withdraw(command: Command[WithdrawNamed], work: UnitOfWork) -> Answer:
    dossier, wish = dossier_of(work, command.target), command.body.wish
    withdrawal = Withdrawal(reason=wish.reason, by=command.by.staff_id)
    if command.body.other is not None:
        other = _other(command, work)
        require_stays(other, dossier, same_person=_same_person(command.target, command.body.other, work))
        withdrawal = replace(withdrawal, duplicate_of=other.known_by() if other else None)
    return answer(save(work, withdraw(dossier, withdrawal, work.now, command.by.name)))


def _other(command: Command[WithdrawNamed], work: UnitOfWork) -> Dossier | None:
    """None for one at a unit where they are not clerk: it is not theirs to know."""
    other = work.get(DOSSIERS, command.body.other)
    return other if other is not None and command.by.has(Role.CLERK, other.unit.id) else None


def _same_person(dossier: str, other: str, work: UnitOfWork) -> bool:
    people = [work.get(PEOPLE, ident) for ident in (dossier, other)]
    hashes = {person.identity_index for person in people if person is not None}
    return None not in people and len(hashes) == 1


def _both(command: Command[WithdrawNamed], _: UnitOfWork) -> Iterable[str]:
    return {command.target, command.body.other or command.target}


def _people(command: Command[WithdrawNamed], work: UnitOfWork) -> Iterable[str]:
    return _both(command, work) if command.body.other else ()


ENTRIES: Final = (
    CommandEntry(
        body=WithdrawNamed,
        handler=_withdraw,
        may=clerk_who_has_seen_it,
        loads=(Load(DOSSIERS, _both), Load(PEOPLE, _people)),
    ),
)
