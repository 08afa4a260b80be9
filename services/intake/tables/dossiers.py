"""Dossiers, their history, and the numbers kept with them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from chassis.tables import MOMENT, one_of
from contracts.values import Channel, HandOver, Lane, Outcome
from services.intake.tables.metadata import Row


class DossierRow(Row, table=True):
    """One dossier. `status` is the portal's; `returned` marks a submitted one that was handed back."""

    __tablename__ = "dossier"
    __table_args__ = (
        CheckConstraint("version >= 1", name="dossier_version_from_one"),
        CheckConstraint("status BETWEEN 1 AND 10", name="dossier_status_known"),
        CheckConstraint("NOT returned OR status = 1", name="dossier_returned_before_acceptance"),
        CheckConstraint(one_of("lane", Lane), name="dossier_lane_known"),
        CheckConstraint(one_of("channel", Channel), name="dossier_channel_known"),
        CheckConstraint(one_of("hand_over", HandOver), name="dossier_hand_over_known"),
        CheckConstraint(one_of("outcome", Outcome), name="dossier_outcome_known"),
        CheckConstraint(one_of("handed_over_by", HandOver), name="dossier_handed_over_by_known"),
        CheckConstraint(
            "num_nonnulls(code, competent_id, competent_name, accepted_at, promised_at, explanation)"
            " = CASE WHEN status IN (1, 3) OR status = 7 AND code IS NULL THEN 0 ELSE 6 END",
            name="dossier_promise_from_acceptance_on",
        ),
        CheckConstraint("(status = 7) = (withdrawn_at IS NOT NULL)", name="dossier_withdrawn_once"),
        CheckConstraint(
            "num_nonnulls(owed_since, owed) = CASE WHEN status IN (5, 6) THEN 2 ELSE 0 END", name="dossier_owes_while_it_waits"
        ),
        CheckConstraint("status <> 7 OR withdrawal IS NOT NULL", name="dossier_withdrawal_has_reason"),
        CheckConstraint("(status = 8) = (stop IS NOT NULL)", name="dossier_stopped_once"),
        CheckConstraint(
            "decline_reason IS NULL OR outcome IS NOT DISTINCT FROM 'declined'", name="dossier_decline_reason_if_declined"
        ),
        CheckConstraint("(status = 3) = (reason IS NOT NULL)", name="dossier_refusal_has_reason"),
        CheckConstraint(
            "num_nonnulls(decided_at, outcome) = CASE WHEN status IN (9, 10) THEN 2 ELSE 0 END", name="dossier_decided_once"
        ),
        CheckConstraint(
            "num_nonnulls(handed_over_at, handed_over_by) = CASE WHEN status = 10 THEN 2 ELSE 0 END",
            name="dossier_handed_over_once",
        ),
        Index("dossier_code", "code", unique=True, postgresql_where=text("code IS NOT NULL")),
        Index("dossier_submission_number", "submission_number", unique=True),
        Index("dossier_collection", "collection", unique=True, postgresql_where=text("collection IS NOT NULL")),
        Index(
            "dossier_provisional", "id", postgresql_where=text("status IN (2, 4) AND (explanation ->> 'provisional') = 'true'")
        ),
        Index(
            "dossier_open_calendar", "lane", text("(explanation ->> 'calendar')"), "id", postgresql_where=text("status IN (2, 4)")
        ),
        Index("dossier_unit_newest", "unit_id", text("submitted_at DESC"), text("id DESC")),
        Index("dossier_unit_status_newest", "unit_id", "status", text("submitted_at DESC"), text("id DESC")),
        Index("dossier_accepted", "unit_id", "accepted_at", "id", postgresql_where=text("accepted_at IS NOT NULL")),
        Index("dossier_owed", "lane", "owed_since", "id", postgresql_where=text("owed_since IS NOT NULL")),
        Index("dossier_to_fetch", "unit_id", "decided_at", "id", postgresql_where=text("status = 9 AND hand_over = 'counter'")),
    )

    id: str = Field(primary_key=True)
    lane: str
    version: int = Field(sa_type=BigInteger)
    status: int = Field(sa_type=SmallInteger)
    returned: bool
    submission_number: str
    unit_id: str
    unit_name: str
    procedure: dict[str, Any] = Field(sa_type=JSONB)
    channel: str
    hand_over: str
    papers: list[Any] = Field(sa_type=JSONB)
    missing: list[Any] = Field(sa_type=JSONB)
    submitted_at: datetime = Field(sa_type=MOMENT)
    changed_at: datetime = Field(sa_type=MOMENT)
    contact_version: int | None = Field(default=None, sa_type=BigInteger)
    collection: str | None = None
    reason: str | None = None
    code: str | None = None
    competent_id: str | None = None
    competent_name: str | None = None
    fee: int = Field(sa_type=BigInteger)
    accepted_at: datetime | None = Field(default=None, sa_type=MOMENT)
    promised_at: datetime | None = Field(default=None, sa_type=MOMENT)
    explanation: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    decided_at: datetime | None = Field(default=None, sa_type=MOMENT)
    outcome: str | None = None
    result_number: str | None = None
    reminded_at: datetime | None = Field(default=None, sa_type=MOMENT)
    handed_over_at: datetime | None = Field(default=None, sa_type=MOMENT)
    handed_over_by: str | None = None
    address_confirmed: bool = Field(default=True, sa_column_kwargs={"server_default": text("true")})
    withdrawal: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    withdrawn_at: datetime | None = Field(default=None, sa_type=MOMENT)
    owed_since: datetime | None = Field(default=None, sa_type=MOMENT)
    owed: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    stop: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    decline_reason: str | None = None
    extension: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))


class StatusCountRow(Row, table=True):
    """The sum of a status's rows is how many dossiers have it. Each save of dossiers adds rows; they are folded by the clock."""

    __tablename__ = "status_count"

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    status: int = Field(sa_type=SmallInteger)
    dossiers: int = Field(sa_type=BigInteger)


class HistoryRow(Row, table=True):
    """Every fact published of a dossier. `notice`: it owes the applicant a message, which reconcile looks for in notify."""

    __tablename__ = "history"
    __table_args__ = (CheckConstraint("sequence >= 1", name="history_sequence_from_one"),)

    dossier: str = Field(primary_key=True)
    sequence: int = Field(primary_key=True, sa_type=BigInteger)
    type: str
    at: datetime = Field(sa_type=MOMENT)
    by: str | None = None
    notice: bool
    data: dict[str, Any] = Field(sa_type=JSONB)


class CounterRow(Row, table=True):
    """How many dossiers a unit has accepted on a civil day."""

    __tablename__ = "code_counter"
    __table_args__ = (CheckConstraint("last >= 0", name="code_counter_from_zero"),)

    unit: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    last: int = Field(sa_type=BigInteger)
