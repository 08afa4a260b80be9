"""The mail itself: one text, one plain HTML alternative, and headers that nobody can inject into.

The Message-ID follows from the message's id and our own domain alone: it is the same at every attempt, and that is what
receivers (and tests) count by. Written by hand: the standard library's EmailMessage parses and folds each header again, which
cost more than everything else of sending.
"""

import re
from base64 import b64encode
from binascii import b2a_qp
from collections.abc import Iterator
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from typing import Final

from contracts.civil import civil_moment
from services.notify.adapters.gateways.port import Outgoing
from services.notify.domain.contact import without_addresses

BAD_MAIL: Final = (ValueError, MessageError)
"""What `mail_of` raises for an address or a subject that would break its header."""

_NAME: Final = "Một Cửa"
_LONGEST_LINE: Final = 76
# Bytes of UTF-8 in an encoded word of at most 75 characters; the first has the header's name before it.
_WORD: Final = 45
_FIRST_WORD: Final = 39
# What may stand in a header as it is: one space between words, and nothing that reads as an encoded word.
_PLAIN: Final = re.compile(r"(?!.*=\?)[!-~]+(?: [!-~]+)*")
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
# An address that stands in a header as it is; any other is left to the standard library, to write or to refuse.
_DOT_ATOM: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
# Quoted-printable never holds "=_", so no line of a body can be taken for the boundary.
_MAIL: Final = """\
{sender}
{recipient}
{subject}
Date: {date}
Message-ID: {message_id}
Auto-Submitted: auto-generated
Content-Language: {language}
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="=_alternatives"

--=_alternatives
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

{text}
--=_alternatives
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

{html}
--=_alternatives--
"""


def message_id_header(message: str, domain: str) -> str:
    return f"<{message}@{domain}>"


def mail_of(outgoing: Outgoing, sender: str, domain: str) -> bytes:
    """Ready to be sent, with CRLF line ends and in ASCII alone. Raises one of BAD_MAIL."""
    letter = outgoing.letter
    mail = _MAIL.format(
        sender=_sender(sender),
        recipient=_recipient(outgoing.address),
        subject=_subject(letter.subject),
        date=format_datetime(civil_moment(outgoing.at)),
        message_id=message_id_header(outgoing.message, domain),
        language=letter.language,
        text=_body(letter.text),
        html=_body(letter.html),
    )
    return mail.replace("\n", "\r\n").encode("ascii")


@lru_cache
def _sender(address: str) -> str:
    return f"From: {''.join(_words(_NAME))}\n <{address}>"


def _recipient(address: str) -> str:
    if _DOT_ATOM.fullmatch(address):
        return f"To: {address}"
    mail = EmailMessage(policy=SMTP)
    mail["To"] = Address(addr_spec=address)
    folded: str = SMTP.fold("To", mail["To"])
    return folded.replace("\r\n", "\n").removesuffix("\n")


def _subject(text: str) -> str:
    """Read back to the last space, on lines of 76 characters at most. Raises ValueError for a text of no line or of several."""
    if text.splitlines() != [text]:
        raise ValueError("a subject is one line")
    line = f"Subject: {text}"
    if len(line) <= _LONGEST_LINE and _PLAIN.fullmatch(text):
        return line
    return "Subject: " + "\n ".join(_words(text))


def _words(text: str) -> Iterator[str]:
    """Encoded words of RFC 2047, none of which ends inside a character. Readers drop what stands between two of them."""
    rest, most = text.encode(), _FIRST_WORD
    while rest:
        end = min(most, len(rest))
        while end < len(rest) and rest[end] & 0xC0 == 0x80:  # noqa: PLR2004 -- not the first byte of a character
            end -= 1
        yield f"=?utf-8?b?{b64encode(rest[:end]).decode()}?="
        rest, most = rest[end:], _WORD


def _body(text: str) -> str:
    """In quoted-printable, one line of the text a line, the empty ones at its end too."""
    lines = text.encode().replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return b2a_qp(lines, istext=True).decode("ascii")


def unwritable(error: Exception) -> str:
    return without_addresses(f"cannot be written as mail: {type(error).__name__} {error}")
