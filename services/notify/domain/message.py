"""One message: one fact, one recipient, one channel. Its id follows from these, so the same fact never makes two.

queued -> sending -> sent | failed | queued again; queued -> skipped; failed -> queued, when a person says so.
An attempt is begun (and committed) before the call, and ended after it. `due_at` is when it may be taken up: while it is
being sent, the end of the lease, after which nobody knows what became of it and it is taken up again under the same Message-ID.
`now` is the moment that people see; `machine_now` is the database's own, by which waits and leases are counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID, uuid5

from contracts.aggregate import Aggregate
from contracts.refusal import NotFound, Refusal
from contracts.values import Lane
from services.notify.domain.contact import SkipReason
from services.notify.domain.retry_policy import AT_ONCE, AWAY_WAIT, MOST_DEFERRALS, wait_after

_NAMESPACE: Final = UUID("6f1f7c0e-52a3-5f2c-9d0b-0c6c2f0a6d11")


class MessageChannel(StrEnum):
    MAIL = "mail"


class State(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"


class Outcome(StrEnum):
    """What a reader of the ledger asks for."""

    FAILED = "failed"
    WAITING = "waiting"
    SENT = "sent"
    SKIPPED = "skipped"

    @property
    def states(self) -> tuple[State, ...]:
        return (State.QUEUED, State.SENDING) if self is Outcome.WAITING else (State(self.value),)


class Verdict(StrEnum):
    """What came of one attempt. UNKNOWN: the server may have taken it. AWAY: it was never offered."""

    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Result:
    verdict: Verdict
    reason: str = ""


class MessageUnknown(NotFound):
    def __init__(self) -> None:
        super().__init__(
            "no-message",
            vi="Không có tin báo này. Hãy mở lại danh sách tin và chọn tin cần xem.",
            en="There is no such message. Open the list of messages again and choose one.",
        )


class NotFailed(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "message-not-failed",
            vi="Chỉ gửi lại được tin đã thất bại. Tin này đã gửi, được bỏ qua, hoặc đang chờ gửi.",
            en="Only a failed message can be sent again. This one was sent, skipped, or is waiting to be sent.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(Aggregate):
    """`attempt` counts the attempts begun, `deferrals` those that the server put off or left unanswered.

    `content` is what its template needs: no name and no address. `reason`: why it was skipped or failed, or what holds it.
    """

    lane: Lane
    dossier: str
    sequence: int
    fact: str
    fact_type: str
    channel: MessageChannel
    unit: str
    submission_number: str
    code: str | None
    template: str
    content: Mapping[str, Any]
    correlation: str
    happened_at: datetime
    queued_at: datetime
    version: int = 0
    state: State = State.QUEUED
    reason: str | None = None
    attempt: int = 0
    deferrals: int = 0
    due_at: datetime | None = None
    settled_at: datetime | None = None

    @property
    def fact_name(self) -> str:
        return fact_name(self.fact_type)

    @property
    def outcome(self) -> Outcome:
        return next(outcome for outcome in Outcome if self.state in outcome.states)

    @property
    def skip_reason(self) -> SkipReason | None:
        return None if self.state is not State.SKIPPED or self.reason is None else SkipReason(self.reason)

    def queue(self) -> "Message":
        return replace(self, state=State.QUEUED, due_at=AT_ONCE)

    def skip(self, reason: SkipReason, now: datetime) -> "Message":
        return replace(self, state=State.SKIPPED, reason=reason.value, due_at=None, settled_at=now)

    def begin(self, machine_now: datetime, lease: timedelta) -> "Message":
        """The next attempt. If one was under way, its lease has run out: the caller writes it down as unknown."""
        return replace(self, state=State.SENDING, attempt=self.attempt + 1, due_at=machine_now + lease)

    def end(self, attempt: int, result: Result, now: datetime, machine_now: datetime) -> "Message":
        """What the attempt came to. A late answer of an attempt whose lease ran out counts only if it is the good one."""
        if self.state in (State.SENT, State.SKIPPED):
            return self
        if result.verdict is Verdict.ACCEPTED:
            return replace(self, state=State.SENT, reason=None, due_at=None, settled_at=now)
        if self.state is not State.SENDING or attempt != self.attempt:
            return self
        if result.verdict is Verdict.AWAY:
            return replace(
                self, state=State.QUEUED, reason=result.reason, attempt=self.attempt - 1, due_at=machine_now + AWAY_WAIT
            )
        deferrals = self.deferrals + 1
        if result.verdict is Verdict.REFUSED or deferrals >= MOST_DEFERRALS:
            return replace(self, state=State.FAILED, reason=result.reason, deferrals=deferrals, due_at=None, settled_at=now)
        return replace(
            self,
            state=State.QUEUED,
            reason=result.reason,
            deferrals=deferrals,
            due_at=machine_now + wait_after(deferrals, self.id),
        )

    def retry(self) -> "Message":
        """A person wants it tried again, its deferrals counted anew. Raises NotFailed."""
        if self.state is not State.FAILED:
            raise NotFailed
        return replace(self, state=State.QUEUED, reason=None, deferrals=0, due_at=AT_ONCE, settled_at=None)


def fact_name(fact_type: str) -> str:
    """`vn.motcua.intake.dossier.handed-over.v1` is `handed-over`."""
    return fact_type.split(".")[-2]


def message_id(dossier: str, sequence: int, channel: MessageChannel) -> str:
    return f"m-{uuid5(_NAMESPACE, f'{dossier}/{sequence}/{channel}').hex}"
