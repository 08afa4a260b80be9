"""The mail itself: one text, one plain HTML alternative, and headers that nobody can inject into.

The Message-ID follows from the message's id and our own domain alone: it is the same at every attempt, and that is what
receivers (and tests) count by.
"""

import re
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from typing import Final, Self

from contracts.civil import civil_moment
from services.notify.adapters.gateways.port import Outgoing
from services.notify.domain.contact import without_addresses

BAD_MAIL: Final = (ValueError, MessageError)
"""What `mail_of` raises for an address or a subject that would break its header."""

_LONGEST_LINE: Final = 76
# What may stand in a header as it is: one space between words, and nothing that reads as an encoded word.
_PLAIN: Final = re.compile(r"(?!.*=\?)[!-~]+(?: [!-~]+)*")


class Subject(str):
    """A subject that is read back to the last space, on lines of 76 characters at most.

    An EmailMessage takes a value with a `name` for a header that folds itself. Python's own folding, as of 3.11, loses the
    space between two encoded words, and breaks a line before the first word of a long subject.
    """

    __slots__ = ()
    name: Final = "Subject"

    def __new__(cls, text: str) -> Self:
        """Raises ValueError for a text of no line or of several."""
        if text.splitlines() != [text]:
            raise ValueError("a subject is one line")
        return super().__new__(cls, text)

    def fold(self, *, policy: EmailPolicy) -> str:
        line = f"{self.name}: {self}"
        if len(line) > _LONGEST_LINE or not _PLAIN.fullmatch(self):
            words = Header(self, "utf-8", maxlinelen=_LONGEST_LINE, header_name=self.name)
            line = f"{self.name}: {words.encode(linesep=policy.linesep)}"
        return line + policy.linesep


def message_id_header(message: str, domain: str) -> str:
    return f"<{message}@{domain}>"


def mail_of(outgoing: Outgoing, sender: str, domain: str) -> bytes:
    """Ready to be sent, with CRLF line ends and in ASCII alone. Raises one of BAD_MAIL."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address("Một Cửa", addr_spec=sender)
    mail["To"] = Address(addr_spec=outgoing.address)
    mail["Subject"] = Subject(outgoing.letter.subject)
    mail["Date"] = civil_moment(outgoing.at)
    mail["Message-ID"] = message_id_header(outgoing.message, domain)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(outgoing.letter.text, cte="quoted-printable")
    mail.add_alternative(outgoing.letter.html, subtype="html", cte="quoted-printable")
    # Not earlier: set_content begins by taking every Content- header away.
    mail["Content-Language"] = outgoing.letter.language
    return mail.as_bytes()


def unwritable(error: Exception) -> str:
    return without_addresses(f"cannot be written as mail: {type(error).__name__} {error}")
