"""The tables of what is parked, and of what operators said about it."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

PARKED_STATES: Final = ("early", "waiting", "dead", "behind", "ready", "skipped", "newer")


def moment(name: str, *, default: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=False, server_default=func.now() if default else None)


def parking_lot(metadata: MetaData) -> Table:
    return Table(
        "parking_lot",
        metadata,
        Column("id", BigInteger, primary_key=True, autoincrement=True),
        Column("source", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("sequence", BigInteger, nullable=False),
        Column(
            "presumed", SmallInteger, nullable=False, server_default=text("0"), comment="1: the record did not tell its number"
        ),
        Column("state", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("waits_topic", Text),
        Column("waits_id", Text),
        Column("waits_version", BigInteger),
        Column("topic", Text, nullable=False),
        Column("partition", Integer, nullable=False),
        Column("offset", BigInteger, nullable=False),
        Column("key", LargeBinary),
        Column("value", LargeBinary),
        Column("headers", JSONB, nullable=False, comment="[[name, base64]]"),
        moment("since"),
        UniqueConstraint("topic", "partition", "offset", name="parking_lot_record_once"),
        CheckConstraint(f"state IN {PARKED_STATES}", name="parking_lot_state_known"),
        CheckConstraint(
            "state <> 'waiting' OR num_nonnulls(waits_topic, waits_id, waits_version) = 3", name="parking_lot_waits_for"
        ),
        Index("parking_lot_aggregate", "source", "subject", "sequence"),
        Index("parking_lot_waits_for", "waits_topic", "waits_id", postgresql_where=text("state = 'waiting'")),
        Index("parking_lot_ready", "since", postgresql_where=text("state = 'ready'")),
        Index("parking_lot_early", "since", postgresql_where=text("state = 'early'")),
        Index("parking_lot_newer", "waits_id", postgresql_where=text("state = 'newer'")),
        Index("parking_lot_dead", "id", postgresql_where=text("state = 'dead'")),
    )


def skipped(metadata: MetaData) -> Table:
    return Table(
        "skipped",
        metadata,
        Column("id", BigInteger, primary_key=True, autoincrement=False, comment="its id in the parking lot"),
        Column("source", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("sequence", BigInteger, nullable=False),
        Column("died_of", Text, nullable=False),
        Column("topic", Text, nullable=False),
        Column("partition", Integer, nullable=False),
        Column("offset", BigInteger, nullable=False),
        Column("actor", Text, nullable=False),
        Column("why", Text, nullable=False),
        moment("at"),
    )


def passed_over(metadata: MetaData) -> Table:
    return Table(
        "passed_over",
        metadata,
        Column("id", BigInteger, primary_key=True, autoincrement=True),
        Column("source", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("last", BigInteger, nullable=False, comment="the number that had been applied"),
        Column("through", BigInteger, nullable=False, comment="the last number that is waited for no more"),
        Column("actor", Text, nullable=False),
        Column("why", Text, nullable=False),
        moment("at"),
        CheckConstraint("last < through", name="passed_over_something"),
    )
