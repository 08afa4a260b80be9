"""The table command -> handler, and the order in which what they load is locked."""

from typing import Final

from messaging.command_table import CommandTable
from services.directory.commands import imports, installation, keys, passwords, second_factor, staff
from services.directory.repository.accounts import ACCOUNTS
from services.directory.repository.entities import ALL_UNITS, SIGNING_KEYS
from services.directory.repository.register import REGISTER

COMMANDS: Final = CommandTable(
    order=(REGISTER, SIGNING_KEYS, ALL_UNITS, ACCOUNTS),
    entries=(*imports.ENTRIES, *staff.ENTRIES, *installation.ENTRIES, *keys.ENTRIES, *passwords.ENTRIES, *second_factor.ENTRIES),
)
