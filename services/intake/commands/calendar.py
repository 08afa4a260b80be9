"""A promise is counted again by a newer version of its calendar. Nobody gives this command but the process itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from messaging.command_table import Answer, Command, CommandEntry, Load, UnitOfWork, anybody
from services.intake.commands.records import answer, dossier_of
from services.intake.domain.offers import unusable
from services.intake.handlers.calendar import reschedule
from services.intake.repository.dossiers import DOSSIERS
from services.intake.repository.offers import CALENDARS
from worktime import WorktimeError


@dataclass(frozen=True, slots=True)
class RescheduleDossier:
    """`calendar`: the id of the one by which the date was promised."""

    calendar: str


def _reschedule(command: Command[RescheduleDossier], work: UnitOfWork) -> Answer:
    """Once more, or after the decision, it changes nothing."""
    dossier, calendar = dossier_of(work, command.target), work.get(CALENDARS, command.body.calendar)
    if calendar is None:
        return answer(dossier)
    try:
        decision = reschedule(dossier, calendar, work.now)
    except WorktimeError as error:
        raise unusable(error) from error
    return answer(dossier if decision is None else work.record(DOSSIERS, decision))


def _calendar(command: Command[RescheduleDossier], _: UnitOfWork) -> Iterable[str]:
    yield command.body.calendar


ENTRIES: Final = (
    # No route leads here: it is the clock's work, and what it does follows from the calendar alone.
    CommandEntry(body=RescheduleDossier, handler=_reschedule, may=anybody, loads=(Load(DOSSIERS), Load(CALENDARS, _calendar))),
)
