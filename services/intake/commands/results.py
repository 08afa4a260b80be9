"""A result is handed over at the counter, or its applicant reminded of it. Who fetches it for the applicant is kept sealed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from messaging.command_table import Answer, Command, CommandEntry, Load, UnitOfWork
from services.intake.adapters.keys import Keys
from services.intake.adapters.seal import seal_representative
from services.intake.commands.records import answer, clerk_who_has_seen_it, dossier_of, save
from services.intake.domain.applicant import Forgotten
from services.intake.handlers.dossier import hand_over
from services.intake.handlers.reminder import remind
from services.intake.repository.dossiers import DOSSIERS
from services.intake.repository.people import PEOPLE
from services.intake.repository.results import REPRESENTATIVES
from services.intake.schemas.requests import HandOverResult, RemindApplicant


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverWithKeys:
    request: HandOverResult
    keys: Keys


def _hand_over(command: Command[HandOverWithKeys], work: UnitOfWork) -> Answer:
    given = command.body.request.fetched_by
    after = hand_over(dossier_of(work, command.target), work.now, command.by.staff_id)
    if given is not None:
        if work.get(PEOPLE, command.target) is None:
            raise Forgotten
        work.save(REPRESENTATIVES, seal_representative(command.body.keys, command.target, given.kept()))
    return answer(save(work, after))


def _remind(command: Command[RemindApplicant], work: UnitOfWork) -> Answer:
    return answer(save(work, remind(dossier_of(work, command.target), work.now, command.by.staff_id)))


def _person_if_represented(command: Command[HandOverWithKeys], _: UnitOfWork) -> Iterable[str]:
    """With whose data the representative's is kept and forgotten."""
    if command.body.request.fetched_by is not None:
        yield command.target


ENTRIES: Final = (
    CommandEntry(
        body=HandOverWithKeys,
        handler=_hand_over,
        may=clerk_who_has_seen_it,
        loads=(Load(DOSSIERS), Load(PEOPLE, _person_if_represented)),
    ),
    CommandEntry(body=RemindApplicant, handler=_remind, may=clerk_who_has_seen_it, loads=(Load(DOSSIERS),)),
)
