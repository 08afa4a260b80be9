"""The service's tables. Entities that nobody looks up by their parts are kept whole, as they are published."""

from datetime import datetime
from typing import Any, ClassVar, Final

from sqlalchemy import CheckConstraint, Index, MetaData, String, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from chassis.guess_limiter import add_guess_table
from chassis.tables import MOMENT
from messaging.tables import add_messaging_tables

METADATA: Final = MetaData()
MESSAGING: Final = add_messaging_tables(METADATA)
GUESS: Final = add_guess_table(METADATA)


class Row(SQLModel, registry=registry(metadata=METADATA)):
    """Declared in this service's own metadata."""


class Entity(Row):
    """`value`: the newest published version, as JSON."""

    id: str = Field(primary_key=True)
    version: int
    value: dict[str, Any] = Field(sa_type=JSONB)


class UnitRow(Entity, table=True):
    __tablename__ = "unit"
    __table_args__: ClassVar[Any] = (CheckConstraint("version >= 1", name="unit_version_from_one"),)


class CalendarRow(Entity, table=True):
    __tablename__ = "calendar"
    __table_args__: ClassVar[Any] = (CheckConstraint("version >= 1", name="calendar_version_from_one"),)


class ProcedureRow(Entity, table=True):
    __tablename__ = "procedure"
    __table_args__: ClassVar[Any] = (CheckConstraint("version >= 1", name="procedure_version_from_one"),)


class KeyRow(Entity, table=True):
    """Public keys only; the private one stays in its file."""

    __tablename__ = "signing_key"
    __table_args__: ClassVar[Any] = (CheckConstraint("version >= 1", name="signing_key_version_from_one"),)


class AccountRow(Entity, table=True):
    """`value` is the published StaffV1; beside it what only directory knows, and what lists are found and sorted by.

    Keys made by `domain/alphabet` are sorted by code point, whatever the database's own order is.
    """

    __tablename__ = "account"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("version >= 1", name="account_version_from_one"),
        CheckConstraint("username = lower(username)", name="account_username_lower"),
        Index("account_username", "username", unique=True),
        Index("account_name_key", "name_key", "id"),
    )
    username: str
    name_key: str = Field(sa_type=String(collation="C"))
    search_key: str = Field(sa_column_kwargs={"server_default": ""})
    password_hash: str | None = None
    one_time_until: datetime | None = Field(default=None, sa_type=MOMENT)
    second_factor: dict[str, Any] | None = Field(default=None, sa_type=JSONB)


class SessionRow(Row, table=True):
    """A sign-in, so that its holder can be told which ones signing out ends. A token is checked without it."""

    __tablename__ = "session"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("until > since", name="session_lasts"),
        Index("session_staff_newest", "staff", text("since DESC")),
    )
    id: str = Field(primary_key=True)
    staff: str
    by_program: bool
    since: datetime = Field(sa_type=MOMENT)
    until: datetime = Field(sa_type=MOMENT)


class ProposalRow(Row, table=True):
    """A change that was asked for and waits to be confirmed by the same person. `shown`: the fingerprint of what they saw."""

    __tablename__ = "proposal"
    __table_args__: ClassVar[Any] = (Index("proposal_until", "until"),)
    id: str = Field(primary_key=True)
    by: str
    files: dict[str, str] = Field(sa_type=JSONB)
    shown: str
    until: datetime = Field(sa_type=MOMENT)


class RegisterChangeRow(Row, table=True):
    """What became of a unit, calendar, procedure or person: who changed it when, and each difference. Only added to.

    `units`: all that somebody must administer to read it; none: the operator.
    """

    __tablename__ = "register_change"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("kind IN ('calendar', 'unit', 'procedure', 'staff')", name="register_change_kind_known"),
        Index("register_change_newest", text("at DESC"), text("id DESC")),
        Index("register_change_subject", "subject", text("at DESC"), text("id DESC")),
    )
    id: str = Field(primary_key=True)
    at: datetime = Field(sa_type=MOMENT)
    by: str
    kind: str
    subject: str
    name: str
    is_new: bool
    lines: list[dict[str, Any]] = Field(sa_type=JSONB)
    left_out: int
    units: list[str] = Field(sa_type=ARRAY(String))
