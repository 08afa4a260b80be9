"""Tables of reporting. All but `replay` are projections of facts, rebuilt by a replay and swapped in together (PROJECTIONS).

`fact`: the history, one row per fact. `dossier`: intake's columns and routing's, each NULL until that publisher has spoken.
`tally`: daily sums of the figures (domain.tally), `tally_name`: what its fields and units are called. `guidance`: turns.
`replay`: which rebuild was requested, and how far it has come.
"""

from datetime import date, datetime
from typing import Any, ClassVar, Final

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, MetaData, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from chassis.tables import one_of
from contracts.values import Channel, GuidanceKind, Outcome
from messaging.tables import add_messaging_tables
from services.reporting.domain.replay import ReplayState
from services.reporting.domain.tally import Span

METADATA: Final = MetaData()
MESSAGING: Final = add_messaging_tables(METADATA)


class _Row(SQLModel, registry=registry(metadata=METADATA)):
    pass


class FactRow(_Row, table=True):
    """`data`: what the figures looked at, as it stood after this fact; no personal data. `recorded_at`: its publisher's time."""

    __tablename__ = "fact"
    __table_args__: ClassVar[Any] = (Index("fact_recorded", "recorded_at"),)

    source: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    sequence: int = Field(primary_key=True, sa_type=BigInteger)
    type: str
    at: datetime
    recorded_at: datetime
    lane: str | None
    data: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))


class DossierRow(_Row, table=True):
    __tablename__ = "dossier"
    __table_args__: ClassVar[Any] = (
        CheckConstraint(one_of("channel", Channel), name="channel_known"),
        CheckConstraint(one_of("outcome", Outcome), name="outcome_known"),
        CheckConstraint("status BETWEEN 1 AND 10", name="dossier_status_of_the_portal"),
        CheckConstraint("(accepted_on IS NULL) = (accepted_at IS NULL)", name="dossier_accepted_has_its_date"),
        CheckConstraint("(decided_on IS NULL) = (decided_at IS NULL)", name="dossier_decided_has_its_date"),
        CheckConstraint("accepted_on IS NULL OR promised_on IS NOT NULL", name="dossier_accepted_has_its_promise"),
        Index("dossier_accepted", "accepted_on", "id", postgresql_where=text("accepted_on IS NOT NULL")),
        Index("dossier_decided", "decided_on", "id", "accepted_on", postgresql_where=text("decided_on IS NOT NULL")),
        Index("dossier_decided_accepted", "decided_on", "accepted_on", "id", postgresql_where=text("decided_on IS NOT NULL")),
        Index("dossier_undecided", "accepted_on", "id", postgresql_where=text("decided_on IS NULL")),
        Index("dossier_open", "promised_on", "id", postgresql_where=text("decided_on IS NULL")),
        Index(
            "dossier_to_fetch",
            "decided_on",
            "id",
            postgresql_where=text("decided_on IS NOT NULL AND handed_over_at IS NULL"),
        ),
        Index("dossier_changed", text("greatest(intake_recorded_at, case_recorded_at)"), "accepted_on"),
        Index(
            "dossier_unassigned",
            "promised_on",
            "id",
            postgresql_where=text("decided_on IS NULL AND officer IS NULL AND competent_unit IS NOT NULL"),
        ),
    )

    id: str = Field(primary_key=True)

    unit: str | None
    unit_name: str | None
    field: str | None
    field_title: str | None
    procedure: str | None
    procedure_title: str | None
    channel: str | None
    status: int | None = Field(sa_type=SmallInteger)
    code: str | None
    received_at: datetime | None
    accepted_at: datetime | None
    accepted_on: date | None
    promised_at: datetime | None
    promised_on: date | None
    judged_on: date | None
    handed_over_at: datetime | None
    returned: int = Field(default=0, sa_column=Column(SmallInteger, nullable=False, server_default=text("0")))
    known_since: datetime | None
    intake_sequence: int | None = Field(sa_type=BigInteger)
    intake_recorded_at: datetime | None

    case_state: str | None
    officer: str | None
    competent_unit: str | None
    competent_name: str | None
    decided_at: datetime | None
    decided_on: date | None
    outcome: str | None
    case_sequence: int | None = Field(sa_type=BigInteger)
    case_recorded_at: datetime | None


class TallyRow(_Row, table=True):
    __tablename__ = "tally"
    __table_args__: ClassVar[Any] = (CheckConstraint(one_of("span", Span), name="tally_span_known"),)

    definition: str = Field(primary_key=True)
    span: str = Field(primary_key=True)
    first: date = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    field: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    competent: str = Field(primary_key=True)
    accepted: int
    early: int
    on_time: int
    late: int
    due: int
    past_due: int
    undecided: int = Field(sa_column_kwargs={"server_default": text("0")})
    unassigned: int = Field(sa_column_kwargs={"server_default": text("0")})
    to_fetch: int = Field(sa_column_kwargs={"server_default": text("0")})


class TallyNameRow(_Row, table=True):
    """`dimension`: unit, field or competent. The name that was heard last."""

    __tablename__ = "tally_name"

    dimension: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    name: str


class GuidanceRow(_Row, table=True):
    __tablename__ = "guidance"
    __table_args__: ClassVar[Any] = (
        CheckConstraint(one_of("kind", GuidanceKind), name="kind_known"),
        Index("guidance_day", "given_on", "unit"),
    )

    id: str = Field(primary_key=True)
    unit: str
    unit_name: str
    kind: str
    field: str | None
    given_at: datetime
    given_on: date
    recorded_at: datetime


class ReplayRow(_Row, table=True):
    """`attempt` is raised by each process that begins one, and only the last may swap. `to_read` and `has_read` are records."""

    __tablename__ = "replay"
    __table_args__: ClassVar[Any] = (
        CheckConstraint(one_of("state", ReplayState), name="replay_state_known"),
        Index("replay_one_at_a_time", "state", unique=True, postgresql_where=text("state = 'running'")),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    state: str
    attempt: int = 0
    has_read: int = Field(default=0, sa_type=BigInteger)
    to_read: int = Field(default=0, sa_type=BigInteger)
    requested_by: str
    requested_at: datetime
    ended_at: datetime | None
    error: str | None


PROJECTIONS: Final = (
    "fact",
    "dossier",
    "tally",
    "tally_name",
    "guidance",
    "inbox",
    "read_offset",
    "parking_lot",
    "state_copy",
    "state_revision",
)
