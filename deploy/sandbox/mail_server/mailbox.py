"""The mail that was taken, a file each, maildir-like: written aside, synced, renamed. What was acknowledged survives a crash.

The index in memory is made from the files at the start. Counting goes by Message-ID: a mail tried twice is one mail.
"""

import asyncio
import itertools
import os
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import default
from pathlib import Path
from typing import Any, Final

DELIVERED_TO = "Delivered-To"
_HEADERS: Final = BytesHeaderParser()


@dataclass(frozen=True, slots=True)
class StoredMail:
    """One delivery. `name` is its file's, and tells when it came; `encoded_subject` is as it was sent."""

    name: str
    message_id: str
    recipients: tuple[str, ...]
    encoded_subject: str

    @property
    def subject(self) -> str:
        return str(make_header(decode_header(self.encoded_subject.replace("\r", "").replace("\n", ""))))

    @property
    def received_at(self) -> datetime:
        return datetime.fromtimestamp(int(self.name.partition(".")[0]) / 1e9, UTC)

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "message_id": self.message_id,
            "to": list(self.recipients),
            "subject": self.subject,
            "received_at": self.received_at.isoformat(),
        }


@dataclass
class Mailbox:
    """`folder` holds `new/` and `tmp/`, as a maildir does."""

    folder: Path
    mails: list[StoredMail] = field(default_factory=list)
    _number: "itertools.count[int]" = field(default_factory=itertools.count)

    def open(self) -> None:
        """Make the folders, and read what was kept before."""
        for name in ("new", "tmp"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        files = sorted((self.folder / "new").glob("*.eml"))
        self.mails = [_stored(file.name, file.read_bytes()) for file in files]

    async def keep(self, recipients: Sequence[str], content: bytes) -> StoredMail:
        """On disk when this returns."""
        name = f"{time.time_ns()}.{os.getpid()}_{next(self._number)}.eml"
        whole = "".join(f"{DELIVERED_TO}: {address}\r\n" for address in recipients).encode("ascii", "replace") + content
        await asyncio.to_thread(self._write, name, whole)
        mail = _stored(name, whole)
        self.mails.append(mail)
        return mail

    def _write(self, name: str, content: bytes) -> None:
        partial = self.folder / "tmp" / name
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(self.folder / "new" / name)
        folder = os.open(self.folder / "new", os.O_RDONLY)  # the new name is on disk only when its folder is
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def mails_to(self, recipient: str | None) -> list[StoredMail]:
        """Newest first; all of them if nobody is named."""
        newest_first = reversed(self.mails)
        return [mail for mail in newest_first if recipient is None or recipient.lower() in map(str.lower, mail.recipients)]

    def find(self, name: str) -> EmailMessage | None:
        if not any(mail.name == name for mail in self.mails):
            return None
        return _parsed((self.folder / "new" / name).read_bytes())

    def summary(self) -> dict[str, Any]:
        """What tests and the demo count by."""
        return {
            "count": len(self.mails),
            "distinct_message_ids": len({mail.message_id for mail in self.mails}),
            "by_recipient": dict(sorted(Counter(address for mail in self.mails for address in mail.recipients).items())),
        }


def _parsed(content: bytes) -> EmailMessage:
    mail = message_from_bytes(content, policy=default)
    assert isinstance(mail, EmailMessage)  # noqa: S101 -- what the policy makes; narrows the type
    return mail


def _stored(name: str, content: bytes) -> StoredMail:
    """From the headers alone, which are not decoded before somebody looks."""
    headers = _HEADERS.parsebytes(content.partition(b"\r\n\r\n")[0])
    recipients = tuple(str(address) for address in headers.get_all(DELIVERED_TO, []))
    return StoredMail(name, str(headers.get("Message-ID", "")).strip(), recipients, str(headers.get("Subject", "")))
