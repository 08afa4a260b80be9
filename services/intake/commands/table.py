"""The table command -> handler, and the order in which what they load is locked."""

from typing import Final

from messaging.command_table import CommandTable
from services.intake.commands import (
    calendar,
    citizen_withdrawal,
    confirmation,
    dossiers,
    guidance,
    owed,
    receive,
    results,
    succession,
    withdrawal,
)
from services.intake.repository.addresses import ADDRESSES
from services.intake.repository.counters import COUNTERS
from services.intake.repository.dossiers import DOSSIERS
from services.intake.repository.guidance import TURNS
from services.intake.repository.offers import CALENDARS, OFFERS, PROCEDURES, UNITS
from services.intake.repository.orders import ORDERS
from services.intake.repository.people import PEOPLE
from services.intake.repository.results import REPRESENTATIVES
from services.intake.repository.successions import SUCCESSORS

COMMANDS: Final = CommandTable(
    # Addresses first: they say which dossiers wait for their owner's word. Then aggregates by id, what is only read, and last
    # the counters, which many wait for.
    order=(
        ADDRESSES,
        DOSSIERS,
        ORDERS,
        TURNS,
        UNITS,
        PROCEDURES,
        CALENDARS,
        OFFERS,
        SUCCESSORS,
        PEOPLE,
        REPRESENTATIVES,
        COUNTERS,
    ),
    entries=(
        *receive.ENTRIES,
        *dossiers.ENTRIES,
        *results.ENTRIES,
        *guidance.ENTRIES,
        *calendar.ENTRIES,
        *succession.ENTRIES,
        *withdrawal.ENTRIES,
        *citizen_withdrawal.ENTRIES,
        *confirmation.ENTRIES,
        *owed.ENTRIES,
    ),
)
