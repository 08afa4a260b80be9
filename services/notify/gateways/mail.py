"""The mail itself: one text, one plain HTML alternative, and headers that nobody can inject into.

The Message-ID follows from the message's id and our own domain alone: it is the same at every attempt, and that is what
receivers (and tests) count by.
"""

from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

from contracts.values import CIVIL_TIME
from services.notify.domain.contact import without_addresses
from services.notify.gateways import Outgoing

BAD_MAIL: Final = (ValueError, MessageError)
"""What `mail_of` raises for an address or a subject that would break its header."""


def message_id_header(message: str, domain: str) -> str:
    return f"<{message}@{domain}>"


def mail_of(outgoing: Outgoing, sender: str, domain: str) -> bytes:
    """Ready to be sent, with CRLF line ends and in ASCII alone. Raises one of BAD_MAIL."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address("Một Cửa", addr_spec=sender)
    mail["To"] = Address(addr_spec=outgoing.address)
    mail["Subject"] = outgoing.letter.subject
    mail["Date"] = outgoing.at.astimezone(CIVIL_TIME)
    mail["Message-ID"] = message_id_header(outgoing.message, domain)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(outgoing.letter.text, cte="quoted-printable")
    mail.add_alternative(outgoing.letter.html, subtype="html", cte="quoted-printable")
    # Not earlier: set_content begins by taking every Content- header away.
    mail["Content-Language"] = outgoing.letter.language
    return mail.as_bytes()


def unwritable(error: Exception) -> str:
    return without_addresses(f"cannot be written as mail: {type(error).__name__} {error}")
