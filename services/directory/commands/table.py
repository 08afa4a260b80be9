"""The table command -> handler, and the order in which what they load is locked."""

from typing import Final

from messaging.command_table import CommandTable
from services.directory.commands import changes, imports, installation, keys, passwords, second_factor, staff
from services.directory.repository.accounts import ACCOUNTS
from services.directory.repository.changes import PROPOSALS, REGISTER_CHANGES
from services.directory.repository.entities import ALL_UNITS, SIGNING_KEYS
from services.directory.repository.register import REGISTER

COMMANDS: Final = CommandTable(
    order=(REGISTER, SIGNING_KEYS, ALL_UNITS, ACCOUNTS, PROPOSALS, REGISTER_CHANGES),
    entries=(
        *imports.ENTRIES,
        *staff.ENTRIES,
        *installation.ENTRIES,
        *keys.ENTRIES,
        *passwords.ENTRIES,
        *second_factor.ENTRIES,
        *changes.ENTRIES,
    ),
)
