"""Who applied, sealed, and how they are reached."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, SmallInteger, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from chassis.tables import MOMENT
from services.intake.domain.dossier import INDEX_FORM
from services.intake.tables.metadata import Row


class PersonRow(Row, table=True):
    """The applicant of one dossier, sealed; deleting the row forgets them.

    `index_form`: by which rules the keyed hashes were made. Only a process that holds the keys can make them anew.
    """

    __tablename__ = "person"
    __table_args__ = (
        Index("person_identity", "identity_index"),
        Index("person_telephone", "telephone_index", postgresql_where=text("telephone_index IS NOT NULL")),
        Index("person_name", "name_index", postgresql_using="gin"),
        Index("person_index_form", "index_form", "dossier", postgresql_where=text(f"index_form < {INDEX_FORM}")),
    )

    dossier: str = Field(primary_key=True)
    sealed: bytes = Field(sa_type=LargeBinary)
    identity_index: bytes = Field(sa_type=LargeBinary)
    telephone_index: bytes | None = Field(default=None, sa_type=LargeBinary)
    secret_sealed: bytes = Field(sa_type=LargeBinary)
    secret_index: bytes = Field(sa_type=LargeBinary)
    name_index: list[bytes] = Field(sa_column=Column(ARRAY(LargeBinary), server_default="{}", nullable=False))
    index_form: int = Field(sa_type=SmallInteger, sa_column_kwargs={"server_default": text("0")})


class RepresentativeRow(Row, table=True):
    """Who fetched a result with the applicant's authority, sealed; forgotten with the applicant."""

    __tablename__ = "representative"

    dossier: str = Field(primary_key=True, foreign_key="person.dossier", ondelete="CASCADE")
    sealed: bytes = Field(sa_type=LargeBinary)


class MailAddressRow(Row, table=True):
    """An e-mail address by its keyed hash: about whom it may be written to, and which dossiers wait for its owner's word."""

    __tablename__ = "mail_address"
    __table_args__ = (
        CheckConstraint("num_nonnulls(asked_for, token, asked_until) IN (0, 3)", name="mail_address_asked_wholly"),
        Index("mail_address_token", "token", unique=True, postgresql_where=text("token IS NOT NULL")),
    )

    id: str = Field(primary_key=True)
    asked_for: str | None = None
    token: bytes | None = Field(default=None, sa_type=LargeBinary)
    asked_until: datetime | None = Field(default=None, sa_type=MOMENT)
    confirmed: list[Any] = Field(sa_type=JSONB)
    waiting: list[Any] = Field(sa_type=JSONB)
