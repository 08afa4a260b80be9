"""The clock has found a case near or past its promised date. Nobody gives this command but the process itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from messaging.command_table import Answer, Command, CommandEntry, Load, UnitOfWork, anybody
from services.routing.commands.case import STAFF, case_of
from services.routing.handlers.due import note_due
from services.routing.repository.cases import CASE_STORE


@dataclass(frozen=True, slots=True)
class NoteDue:
    """`last_near`: the last civil day that is near by the calendar of the case."""

    last_near: date


def _note_due(command: Command[NoteDue], work: UnitOfWork) -> Answer:
    """Once more, or after the decision, it changes nothing. It answers whether something was published."""
    case = case_of(command, work)
    staff = work.get(STAFF, case.officer.id) if case.officer else None
    decision = note_due(case, staff, work.now, command.body.last_near)
    if decision is not None:
        work.record(CASE_STORE, decision)
    return Answer({"noted": decision is not None})


def _officer(command: Command[NoteDue], work: UnitOfWork) -> Iterable[str]:
    officer = case_of(command, work).officer
    if officer is not None:
        yield officer.id


ENTRIES: Final = (
    # No route leads here: it is the clock's work, and what it says follows from the case alone.
    CommandEntry(body=NoteDue, handler=_note_due, may=anybody, loads=(Load(CASE_STORE), Load(STAFF, _officer))),
)
