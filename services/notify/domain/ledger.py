"""The ledger as its readers see it: a line for each message, the attempts behind it, and what one may search for."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from contracts.values import masked_email
from services.notify.domain.contact import KnownContact
from services.notify.domain.message import Message, Outcome, State

Units = frozenset[str] | None
"""Whose messages: those of these units; None: of all."""


class LedgerKey(NamedTuple):
    """The order of the ledger: what failed first, then the newest."""

    failed: bool
    queued_at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """`reference` is a dossier code, a submission number or a dossier id; all that is given holds together."""

    reference: str | None = None
    dossier: str | None = None
    outcome: Outcome | None = None
    fact_type: str | None = None

    @property
    def names_dossier(self) -> bool:
        return self.reference is not None or self.dossier is not None

    @property
    def states(self) -> tuple[State, ...]:
        return tuple(State) if self.outcome is None else self.outcome.states


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A message with what is known now of whom it is for (None: nobody ever, or not come), and which version it went to.
    `due_in`: how long it waits for its turn or, under way, for its lease's end.
    """

    message: Message
    contact: KnownContact | None
    sent_to_version: int | None
    due_in: timedelta | None

    @property
    def key(self) -> LedgerKey:
        return LedgerKey(self.message.state is State.FAILED, self.message.queued_at, self.message.id)

    @property
    def recipient(self) -> str | None:
        """Masked, as the contact stands now; None if there is none, it was forgotten, or changed since the mail went out."""
        if self.message.state is State.SKIPPED or self.contact is None or self.contact.address is None:
            return None
        if self.sent_to_version is not None and self.sent_to_version != self.contact.version:
            return None
        return masked_email(self.contact.address)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    number: int
    started_at: datetime
    ended_at: datetime | None
    outcome: str
    detail: str | None
