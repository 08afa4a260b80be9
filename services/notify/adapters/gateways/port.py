"""The port to the outside: one gateway per channel takes a letter to one address. A new channel is a new gateway.

A gateway never decides what becomes of a message. It says what came of one attempt, and of two attempts of one message the
other side can tell that they are one: by the Message-ID, or by an idempotency key.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.notify.adapters.letters import Letter
from services.notify.domain.message import Result


class Away(Exception):  # noqa: N818 -- the other side is away; nothing is wrong with any message
    """The other side cannot be reached, or will take nothing from us now. Nothing was offered to it."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One letter to one address. `at` is the moment of the attempt."""

    message: str
    address: str
    letter: Letter
    at: datetime


class Gateway(Protocol):
    """Used by one sender at a time."""

    async def open(self) -> None:
        """Be ready to deliver; raises Away. Costs nothing when it is ready already."""

    async def deliver(self, outgoing: Outgoing) -> Result:
        """One attempt, of bounded time, opening first if need be. Raises Away when nothing was offered."""

    async def close(self) -> None:
        """Let go of what is held; `open` makes it anew."""
