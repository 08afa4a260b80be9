"""What is known of the person to be written to. Nothing here is kept with a message: the address is read when it is used.

So forgetting a person means forgetting one row, the copy of the contact, and the ledger stays.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from contracts.intake import ContactV1

_ADDRESS: Final = re.compile(r"[^\s<>]*@[^\s<>]*")
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f\s]+")
_LONGEST: Final = 300


class SkipReason(StrEnum):
    """Why nobody is written to. The values are published. SUPERSEDED: a later message says what still matters."""

    NO_CONTACT = "no contact"
    NO_ADDRESS = "no e-mail address"
    FORGOTTEN = "forgotten"
    SUPERSEDED = "superseded"
    UNCONFIRMED = "address not confirmed"


@dataclass(frozen=True, slots=True)
class KnownContact:
    """The newest version of a contact that has come; `contact` None says that the person was forgotten."""

    version: int
    contact: ContactV1 | None

    @property
    def address(self) -> str | None:
        return None if self.contact is None else self.contact.email

    @property
    def obstacle(self) -> SkipReason | None:
        if self.contact is None:
            return SkipReason.FORGOTTEN
        if not self.contact.email:
            return SkipReason.NO_ADDRESS
        return None if self.contact.confirmed else SkipReason.UNCONFIRMED

    @property
    def confirmation(self) -> str | None:
        """With which the one mail is answered that an unconfirmed address gets; None where none is to be sent."""
        if self.contact is None or self.contact.confirmed:
            return None
        return self.contact.confirmation


@dataclass(frozen=True, slots=True)
class KnownForBatch:
    """What facts are read with: the contacts that have come, by dossier, and the telephones of their units, by unit."""

    contacts: Mapping[str, KnownContact]
    telephones: Mapping[str, str]


def without_addresses(reason: str) -> str:
    """A mail server's words as they may be kept and published: on one line, of bounded length, naming nobody's address."""
    return _ADDRESS.sub("***@***", _UNPRINTABLE.sub(" ", reason)).strip()[:_LONGEST] or "no reason given"
