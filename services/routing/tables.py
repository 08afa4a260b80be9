"""Routing's rows: a case with what its lists show, and its history, one line per event. What cannot be true cannot be written."""

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, MetaData, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from chassis.drafts import add_draft_table
from chassis.tables import MOMENT, one_of
from contracts.endings.ground import StopGround
from contracts.values import Lane, Outcome, WithdrawalReason
from messaging.tables import add_messaging_tables
from services.routing.domain.history import Transition

OPEN: Final = "decided_at IS NULL AND withdrawn_at IS NULL AND stopped_at IS NULL AND waiting_since IS NULL"
"""Of a case that somebody in the unit has to do something about: while one waits, that is its applicant."""

METADATA = MetaData()
MESSAGING = add_messaging_tables(METADATA)
DRAFT = add_draft_table(METADATA)


class RoutingRow(SQLModel, registry=registry(metadata=METADATA)):
    pass


class CaseRow(RoutingRow, table=True):
    __tablename__ = "routing_case"
    __table_args__ = (
        CheckConstraint("version >= 1", name="case_version_positive"),
        CheckConstraint(one_of("lane", Lane), name="case_lane_known"),
        CheckConstraint(one_of("outcome", Outcome), name="case_outcome_known"),
        CheckConstraint("num_nonnulls(officer, officer_name, assigned_at) IN (0, 3)", name="case_assigned_wholly"),
        CheckConstraint("num_nonnulls(outcome, decided_at, decided_by, decided_by_name) IN (0, 4)", name="case_decided_wholly"),
        CheckConstraint("(reason IS NOT NULL) = (outcome IS NOT DISTINCT FROM 'declined')", name="case_reason_if_declined"),
        CheckConstraint(one_of("withdrawal_reason", WithdrawalReason), name="case_withdrawal_reason_known"),
        CheckConstraint("num_nonnulls(withdrawn_at, withdrawal_reason) IN (0, 2)", name="case_withdrawn_wholly"),
        CheckConstraint("num_nonnulls(withdrawn_by, withdrawn_by_name) IN (0, 2)", name="case_withdrawn_by_wholly"),
        CheckConstraint(
            "(duplicate_of IS NOT NULL) = (withdrawal_reason IS NOT DISTINCT FROM 'duplicate')", name="case_duplicate_of_another"
        ),
        CheckConstraint("num_nonnulls(decided_at, withdrawn_at, stopped_at) <= 1", name="case_closed_once"),
        CheckConstraint("result_number IS NULL OR outcome IS NOT DISTINCT FROM 'granted'", name="case_number_if_granted"),
        CheckConstraint("num_nonnulls(waiting_since, pause) IN (0, 2)", name="case_waits_wholly"),
        CheckConstraint(
            "waiting_since IS NULL OR decided_at IS NULL AND withdrawn_at IS NULL AND officer IS NOT NULL",
            name="case_waits_while_open",
        ),
        CheckConstraint(one_of("stop_ground", StopGround), name="case_stop_ground_known"),
        CheckConstraint(
            "num_nonnulls(stopped_at, stop_ground, stopped_by, stopped_by_name) IN (0, 4)", name="case_stopped_wholly"
        ),
        CheckConstraint("stop_details IS NULL OR stopped_at IS NOT NULL", name="case_details_if_stopped"),
        CheckConstraint("stop_ground <> 'other' OR stop_details IS NOT NULL", name="case_other_ground_in_words"),
        CheckConstraint("extensions >= 0", name="case_extensions_from_zero"),
        CheckConstraint(
            "num_nonnulls(submitted_at, submitted_by, submitted_by_name, draft_outcome) IN (0, 4)", name="case_submitted_wholly"
        ),
        CheckConstraint("submitted_at IS NULL OR signing IS NOT NULL", name="case_submitted_to_be_signed"),
        CheckConstraint(one_of("draft_outcome", Outcome), name="case_draft_outcome_known"),
        CheckConstraint(
            "(draft_reason IS NOT NULL) = (draft_outcome IS NOT DISTINCT FROM 'declined')", name="case_draft_reason_if_declined"
        ),
        Index("case_code_once", "code", unique=True),
        Index("case_unit_open", "competent_unit", "promised_at", "id", postgresql_where=text(OPEN)),
        Index("case_officer_open", "officer", "competent_unit", "promised_at", "id", postgresql_where=text(OPEN)),
        Index(
            "case_unit_unassigned",
            "competent_unit",
            "promised_at",
            "id",
            postgresql_where=text(f"{OPEN} AND officer IS NULL"),
        ),
        Index("case_unit_decided", "competent_unit", "decided_at", "id", postgresql_where=text("decided_at IS NOT NULL")),
        Index(
            "case_officer_decided",
            "officer",
            "competent_unit",
            "decided_at",
            "id",
            postgresql_where=text("decided_at IS NOT NULL"),
        ),
        Index("case_officer_assigned", "officer", "assigned_at"),
        Index(
            "case_not_overdue_yet",
            "lane",
            "promised_at",
            "id",
            postgresql_where=text(f"{OPEN} AND overdue_for IS DISTINCT FROM promised_at"),
        ),
        Index("case_unit_waiting", "competent_unit", "waiting_since", "id", postgresql_where=text("waiting_since IS NOT NULL")),
        Index(
            "case_unit_submitted",
            "competent_unit",
            "promised_at",
            "id",
            postgresql_where=text(f"{OPEN} AND submitted_at IS NOT NULL"),
        ),
    )

    id: str = Field(primary_key=True, sa_type=Text)
    lane: str = Field(sa_type=Text)
    version: int = Field(sa_type=BigInteger)
    code: str = Field(sa_type=Text)
    receiving_unit: str = Field(sa_type=Text)
    receiving_unit_name: str = Field(sa_type=Text)
    competent_unit: str = Field(sa_type=Text)
    competent_unit_name: str = Field(sa_type=Text)
    procedure: dict[str, Any] = Field(sa_type=JSONB)
    papers: list[dict[str, Any]] = Field(sa_type=JSONB)
    accepted_at: datetime = Field(sa_type=MOMENT)
    promised_at: datetime = Field(sa_type=MOMENT)
    opened_at: datetime = Field(sa_type=MOMENT)
    officer: str | None = Field(default=None, sa_type=Text)
    officer_name: str | None = Field(default=None, sa_type=Text)
    assigned_at: datetime | None = Field(default=None, sa_type=MOMENT)
    assigned_by: str | None = Field(default=None, sa_type=Text)
    outcome: str | None = Field(default=None, sa_type=Text)
    result_number: str | None = Field(default=None, sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    decided_at: datetime | None = Field(default=None, sa_type=MOMENT)
    decided_by: str | None = Field(default=None, sa_type=Text)
    decided_by_name: str | None = Field(default=None, sa_type=Text)
    withdrawn_at: datetime | None = Field(default=None, sa_type=MOMENT)
    withdrawal_reason: str | None = Field(default=None, sa_type=Text)
    duplicate_of: str | None = Field(default=None, sa_type=Text)
    withdrawn_by: str | None = Field(default=None, sa_type=Text)
    withdrawn_by_name: str | None = Field(default=None, sa_type=Text)
    stopped_at: datetime | None = Field(default=None, sa_type=MOMENT)
    stop_ground: str | None = Field(default=None, sa_type=Text)
    stop_details: str | None = Field(default=None, sa_type=Text)
    stopped_by: str | None = Field(default=None, sa_type=Text)
    stopped_by_name: str | None = Field(default=None, sa_type=Text)
    extension_asked: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    extensions: int = Field(default=0, sa_type=Integer, sa_column_kwargs={"server_default": text("0")})
    limit_kind: str | None = Field(default=None, sa_type=Text)
    calendar: str | None = Field(default=None, sa_type=Text)
    provisional: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    due_soon_for: datetime | None = Field(default=None, sa_type=MOMENT)
    overdue_for: datetime | None = Field(default=None, sa_type=MOMENT)
    waiting_since: datetime | None = Field(default=None, sa_type=MOMENT)
    pause: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    supplements: int = Field(default=0, sa_type=Integer, sa_column_kwargs={"server_default": text("0")})
    payments: int = Field(default=0, sa_type=Integer, sa_column_kwargs={"server_default": text("0")})
    signing: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    submitted_at: datetime | None = Field(default=None, sa_type=MOMENT)
    submitted_by: str | None = Field(default=None, sa_type=Text)
    submitted_by_name: str | None = Field(default=None, sa_type=Text)
    draft_outcome: str | None = Field(default=None, sa_type=Text)
    draft_reason: str | None = Field(default=None, sa_type=Text)


class StepRow(RoutingRow, table=True):
    """`number` is that of the event; so the history is complete exactly when it ends with the case's version."""

    __tablename__ = "case_step"
    __table_args__ = (
        CheckConstraint(one_of("act", Transition), name="step_act_known"),
        CheckConstraint("num_nonnulls(by, by_name) IN (0, 2)", name="step_by_wholly"),
        CheckConstraint("num_nonnulls(officer, officer_name) IN (0, 2)", name="step_officer_wholly"),
    )

    case_id: str = Field(primary_key=True, sa_type=Text, sa_column_args=(ForeignKey("routing_case.id", ondelete="CASCADE"),))
    number: int = Field(primary_key=True, sa_type=Integer, sa_column_kwargs={"autoincrement": False})
    act: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=MOMENT)
    by: str | None = Field(default=None, sa_type=Text)
    by_name: str | None = Field(default=None, sa_type=Text)
    officer: str | None = Field(default=None, sa_type=Text)
    officer_name: str | None = Field(default=None, sa_type=Text)
    comment: str | None = Field(default=None, sa_type=Text)


class NumberRegisterRow(RoutingRow, table=True):
    """`last`: the number given last in this unit, for this kind of document, in this civil year."""

    __tablename__ = "number_register"
    __table_args__ = (CheckConstraint("last >= 0", name="register_last_not_negative"),)

    unit: str = Field(primary_key=True, sa_type=Text)
    kind: str = Field(primary_key=True, sa_type=Text)
    year: int = Field(primary_key=True, sa_type=Integer, sa_column_kwargs={"autoincrement": False})
    last: int = Field(sa_type=BigInteger)


class OpenCountRow(RoutingRow, table=True):
    """How many open cases there are of one unit, officer ('' for nobody), field and promised civil day, given by the rule or by a
    leader. Changed with the cases, by the statement that saves them. Rows of 0 are removed now and then.
    """

    __tablename__ = "open_count"
    __table_args__ = (Index("open_count_officer", "officer"),)

    unit: str = Field(primary_key=True, sa_type=Text)
    officer: str = Field(primary_key=True, sa_type=Text)
    field: str = Field(primary_key=True, sa_type=Text)
    by_rule: bool = Field(primary_key=True)
    promised_on: date = Field(primary_key=True)
    cases: int = Field(sa_type=BigInteger)


class LoadRow(RoutingRow, table=True):
    """Open cases by officer, as the release before kept them. Its processes still write here while they are replaced; nobody
    reads it any more, and the next release has no such table.
    """

    __tablename__ = "officer_load"

    officer: str = Field(primary_key=True, sa_type=Text)
    open: int = Field(sa_type=BigInteger)


class AbsenceRow(RoutingRow, table=True):
    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="absence_days_in_order"),
        CheckConstraint("deputy <> officer", name="absence_deputy_is_another"),
        Index("absence_deputy", "deputy"),
    )

    officer: str = Field(primary_key=True, sa_type=Text)
    deputy: str = Field(sa_type=Text)
    first_day: date
    last_day: date
    noted_by: str = Field(sa_type=Text)


# Which officers a unit has is asked for every batch, and a province has thousands of staff.
Index(
    "state_copy_staff_posts",
    MESSAGING.state_copy.c.value,
    postgresql_using="gin",
    postgresql_ops={"value": "jsonb_path_ops"},
    postgresql_where=text("topic = 'directory.staff'"),
)
