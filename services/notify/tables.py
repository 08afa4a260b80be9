"""Notify's tables: the ledger of messages, how many there are, and the attempts to send them, next to messaging's own.

No address and no name stands in them: who is written to is read from the copy of the contact at the moment of sending.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, MetaData, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from chassis.tables import MOMENT, one_of
from contracts.values import Lane
from messaging.tables import add_messaging_tables
from services.notify.domain.message import MessageChannel, State, Verdict

METADATA: Final = MetaData()
MESSAGING: Final = add_messaging_tables(METADATA)

UNDER_WAY: Final = "under way"
_OPEN: Final = "state IN ('queued', 'sending')"
_SETTLED: Final = "state IN ('sent', 'skipped', 'failed')"


class Row(SQLModel, registry=registry(metadata=METADATA)):
    """Notify's own registry: two services may have tables of one name."""


class MessageRow(Row, table=True):
    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint(one_of("lane", Lane), name="message_lane_known"),
        CheckConstraint(one_of("channel", MessageChannel), name="message_channel_known"),
        CheckConstraint(one_of("state", State), name="message_state_known"),
        CheckConstraint(f"({_OPEN}) = (due_at IS NOT NULL)", name="message_open_is_due"),
        CheckConstraint(f"({_SETTLED}) = (settled_at IS NOT NULL)", name="message_settled_when"),
        CheckConstraint("state NOT IN ('skipped', 'failed') OR reason IS NOT NULL", name="message_says_why_not"),
        CheckConstraint("state <> 'sending' OR attempt > 0", name="message_sending_is_an_attempt"),
        CheckConstraint("attempt >= 0 AND deferrals >= 0 AND version >= 0 AND sequence > 0", name="message_counts"),
        Index("message_once", "dossier", "sequence", "channel", unique=True),
        Index("message_due", "lane", "due_at", "queued_at", postgresql_where=text(_OPEN)),
        Index("message_list", "state", "queued_at", "id"),
        Index("message_unit_list", "unit", "state", "queued_at", "id"),
        Index("message_code", "code", postgresql_where=text("code IS NOT NULL")),
        Index("message_submission_number", "submission_number"),
    )

    id: str = Field(sa_column=Column(Text, primary_key=True))
    version: int = Field(sa_column=Column(BigInteger, nullable=False))
    lane: str = Field(sa_column=Column(Text, nullable=False))
    dossier: str = Field(sa_column=Column(Text, nullable=False))
    sequence: int = Field(sa_column=Column(BigInteger, nullable=False))
    fact: str = Field(sa_column=Column(Text, nullable=False))
    fact_type: str = Field(sa_column=Column(Text, nullable=False))
    channel: str = Field(sa_column=Column(Text, nullable=False))
    unit: str = Field(sa_column=Column(Text, nullable=False))
    submission_number: str = Field(sa_column=Column(Text, nullable=False))
    code: str | None = Field(sa_column=Column(Text))
    template: str = Field(sa_column=Column(Text, nullable=False))
    content: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    correlation: str = Field(sa_column=Column(Text, nullable=False))
    happened_at: datetime = Field(sa_column=Column(MOMENT, nullable=False))
    queued_at: datetime = Field(sa_column=Column(MOMENT, nullable=False))
    state: str = Field(sa_column=Column(Text, nullable=False))
    reason: str | None = Field(sa_column=Column(Text))
    attempt: int = Field(sa_column=Column(Integer, nullable=False))
    deferrals: int = Field(sa_column=Column(Integer, nullable=False))
    due_at: datetime | None = Field(sa_column=Column(MOMENT))
    settled_at: datetime | None = Field(sa_column=Column(MOMENT))


class CountRow(Row, table=True):
    """How many settled messages there are of a kind. Changed with them; those that are open are few and are counted."""

    __tablename__ = "message_count"
    __table_args__ = (CheckConstraint(one_of("state", ("sent", "skipped", "failed")), name="message_count_settled"),)

    lane: str = Field(sa_column=Column(Text, primary_key=True))
    unit: str = Field(sa_column=Column(Text, primary_key=True))
    fact_type: str = Field(sa_column=Column(Text, primary_key=True))
    state: str = Field(sa_column=Column(Text, primary_key=True))
    number: int = Field(sa_column=Column(BigInteger, nullable=False))


class AttemptRow(Row, table=True):
    """One attempt, written before the call. `contact_version`: which version of the contact it went to."""

    __tablename__ = "attempt"
    __table_args__ = (
        CheckConstraint(one_of("outcome", (*Verdict, UNDER_WAY)), name="attempt_outcome_known"),
        CheckConstraint(f"(outcome = '{UNDER_WAY}') = (ended_at IS NULL)", name="attempt_ended_when"),
        CheckConstraint("number > 0", name="attempt_from_one"),
    )

    message: str = Field(sa_column=Column(Text, ForeignKey("message.id"), primary_key=True))
    number: int = Field(sa_column=Column(Integer, primary_key=True))
    contact_version: int = Field(sa_column=Column(BigInteger, nullable=False))
    started_at: datetime = Field(sa_column=Column(MOMENT, nullable=False))
    ended_at: datetime | None = Field(sa_column=Column(MOMENT))
    outcome: str = Field(sa_column=Column(Text, nullable=False))
    detail: str | None = Field(sa_column=Column(Text))
