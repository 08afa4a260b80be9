"""What the API answers; it takes no bodies. Moments carry their zone; what is not known is null. No address in full."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, PlainSerializer, StringConstraints, WithJsonSchema

from services.notify.domain.ledger import Attempt, LedgerLine
from services.notify.domain.message import MessageChannel, Outcome, State

MessageId = Annotated[str, StringConstraints(pattern=r"^m-[0-9a-f]{32}$")]

_DATE_TIME: Final = {"type": "string", "format": "date-time"}
# With the zone as an offset: `+00:00` and never `Z`.
Moment = Annotated[datetime, PlainSerializer(lambda moment: moment.isoformat(), return_type=str), WithJsonSchema(_DATE_TIME)]


class _Schema(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class MessageLine(_Schema):
    """One message: one event, one recipient, one channel. `version` is what If-Match wants; `recipient` is masked."""

    id: str
    version: int
    dossier: str
    sequence: int
    code: str | None
    submission_number: str
    unit: str
    fact: str
    fact_type: str
    channel: MessageChannel
    recipient: str | None
    outcome: Outcome
    state: State
    reason: str | None
    attempts: int
    happened_at: Moment
    queued_at: Moment
    next_try_at: Moment | None
    settled_at: Moment | None

    @classmethod
    def of(cls, line: LedgerLine, next_try_at: datetime | None) -> Self:
        return cls(**_fields(line, next_try_at))


class AttemptLine(_Schema):
    """One attempt to send; `outcome` is the server's verdict, or `under way`."""

    number: int
    started_at: Moment
    ended_at: Moment | None
    outcome: str
    detail: str | None


class MessageDetail(MessageLine):
    """A message with all attempts, the first one first."""

    tries: list[AttemptLine]

    @classmethod
    def with_attempts(cls, line: LedgerLine, next_try_at: datetime | None, attempts: Sequence[Attempt]) -> Self:
        return cls(**_fields(line, next_try_at), tries=[AttemptLine.model_validate(attempt) for attempt in attempts])


class MessagePage(_Schema):
    """`next` goes into `after` for the next page; null on the last."""

    messages: list[MessageLine]
    next: str | None


class OutcomeCounts(_Schema):
    failed: int
    waiting: int
    sent: int
    skipped: int


class Summary(_Schema):
    """How many messages had which outcome, by type of the event that asked for them, and altogether."""

    by_fact_type: dict[str, OutcomeCounts]
    total: OutcomeCounts
    oldest_waiting: Moment | None


class RetriedMessage(_Schema):
    """The message after the command."""

    id: str
    version: int
    outcome: Outcome


def _fields(line: LedgerLine, next_try_at: datetime | None) -> dict[str, Any]:
    message = line.message
    return {
        "id": message.id,
        "version": message.version,
        "dossier": message.dossier,
        "sequence": message.sequence,
        "code": message.code,
        "submission_number": message.submission_number,
        "unit": message.unit,
        "fact": message.fact,
        "fact_type": message.fact_type,
        "channel": message.channel,
        "recipient": line.recipient,
        "outcome": message.outcome,
        "state": message.state,
        "reason": message.reason,
        "attempts": message.attempt,
        "happened_at": message.happened_at,
        "queued_at": message.queued_at,
        "next_try_at": next_try_at,
        "settled_at": message.settled_at,
    }
