"""The table command -> handler, and the order in which what they load is locked."""

from typing import Final

from messaging.command_table import CommandTable
from services.routing.commands import absences, assignment, decision, due, extension, stop, supplement
from services.routing.commands.case import STAFF
from services.routing.repository.absences import ABSENCES
from services.routing.repository.cases import CASE_STORE

COMMANDS: Final = CommandTable(
    order=(CASE_STORE, ABSENCES, STAFF, supplement.PROCEDURES, extension.CALENDARS),
    entries=(
        *decision.ENTRIES,
        *assignment.ENTRIES,
        *absences.ENTRIES,
        *due.ENTRIES,
        *supplement.ENTRIES,
        *stop.ENTRIES,
        *extension.ENTRIES,
    ),
)
