"""The table command -> handler, and the order in which what they load is locked."""

from typing import Final

from messaging.command_table import CommandTable
from services.routing.commands import absences, assignment, decision, due, extension, signature, stop, supplement
from services.routing.commands.case import STAFF
from services.routing.repository.absences import ABSENCES
from services.routing.repository.cases import CASE_STORE
from services.routing.repository.deputies import DEPUTIES
from services.routing.repository.registers import REGISTERS

COMMANDS: Final = CommandTable(
    order=(CASE_STORE, ABSENCES, DEPUTIES, STAFF, supplement.PROCEDURES, extension.CALENDARS, REGISTERS),
    entries=(
        *decision.ENTRIES,
        *assignment.ENTRIES,
        *absences.ENTRIES,
        *due.ENTRIES,
        *supplement.ENTRIES,
        *stop.ENTRIES,
        *extension.ENTRIES,
        *signature.ENTRIES,
    ),
)
