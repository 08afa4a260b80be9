"""The mail that was taken, one file each, maildir-like: written aside, synced, renamed. What was acknowledged survives a crash.

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
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

DELIVERED_TO = "Delivered-To"


@dataclass(frozen=True, slots=True)
class Kept:
    """One delivery. `name` is its file's, and tells when it came."""

    name: str
    message_id: str
    recipients: tuple[str, ...]
    subject: str

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
class Box:
    """`folder` holds `new/` and `tmp/`, as a maildir does."""

    folder: Path
    kept: list[Kept] = field(default_factory=list)
    _number: "itertools.count[int]" = field(default_factory=itertools.count)

    def open(self) -> None:
        """Make the folders, and read what was kept before."""
        for name in ("new", "tmp"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        files = sorted((self.folder / "new").glob("*.eml"))
        self.kept = [_kept(file.name, file.read_bytes()) for file in files]

    async def keep(self, recipients: Sequence[str], content: bytes) -> Kept:
        """On disk when this returns."""
        name = f"{time.time_ns()}.{os.getpid()}_{next(self._number)}.eml"
        whole = "".join(f"{DELIVERED_TO}: {address}\r\n" for address in recipients).encode("ascii", "replace") + content
        await asyncio.to_thread(self._write, name, whole)
        kept = _kept(name, whole)
        self.kept.append(kept)
        return kept

    def _write(self, name: str, content: bytes) -> None:
        half = self.folder / "tmp" / name
        with half.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        half.rename(self.folder / "new" / name)
        new = os.open(self.folder / "new", os.O_RDONLY)
        try:
            os.fsync(new)
        finally:
            os.close(new)

    def to(self, recipient: str | None) -> list[Kept]:
        """Newest first; all of them if nobody is named."""
        return [one for one in reversed(self.kept) if recipient is None or recipient.lower() in map(str.lower, one.recipients)]

    def find(self, name: str) -> EmailMessage | None:
        if not any(one.name == name for one in self.kept):
            return None
        return _parsed((self.folder / "new" / name).read_bytes())

    def summary(self) -> dict[str, Any]:
        """What tests and the demo count by."""
        return {
            "count": len(self.kept),
            "distinct_message_ids": len({one.message_id for one in self.kept}),
            "by_recipient": dict(sorted(Counter(address for one in self.kept for address in one.recipients).items())),
        }


def _parsed(content: bytes) -> EmailMessage:
    mail = message_from_bytes(content, policy=default)
    assert isinstance(mail, EmailMessage)  # noqa: S101 -- what the policy makes; narrows the type
    return mail


def _kept(name: str, content: bytes) -> Kept:
    mail = _parsed(content)
    recipients = tuple(str(address) for address in mail.get_all(DELIVERED_TO, []))
    return Kept(name, str(mail.get("Message-ID", "")), recipients, str(mail.get("Subject", "")))
