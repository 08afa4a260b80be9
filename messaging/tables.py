"""The tables that messaging keeps in every service's database, next to the service's own.

`outbox`: what is to be published; its columns are those that Debezium's outbox event router expects. `relay_holder`: which
producer may send a lane's states. `outbox_sent`: facts that Kafka has acknowledged, for some days, to be published again; a
partition for each day, used in turn and emptied as a whole. `published_offset`: how far Kafka has acknowledged each partition of
the service's own topics; `compared_database`: which database was last compared with them; `given_number`: the last number
in Kafka of what a restored database has no row for, and begins anew behind it.
`inbox`: per publisher and aggregate, the last number applied. `read_offset`: from where to read on,
and by what the topic and its last record are known.
`parking_lot`: events that cannot be applied yet, and why. `state_copy`: newest version of each entity of a state topic.
`state_revision`: per state topic without lanes, another random value whenever a row of its copies changed.
`skipped`: dead letters that somebody let go, who and why; `passed_over`: numbers that somebody waits for no more, who and why.
`command`: answers already given, by Idempotency-Key.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
    event,
)
from sqlalchemy.dialects.postgresql import JSONB

from messaging.parking_tables import moment, parking_lot, passed_over, skipped

MESSAGING_TABLES: Final = (
    "outbox",
    "outbox_sent",
    "relay_holder",
    "published_offset",
    "compared_database",
    "given_number",
    "inbox",
    "read_offset",
    "parking_lot",
    "skipped",
    "passed_over",
    "state_copy",
    "state_revision",
    "command",
)
SENT_SLOTS: Final = 16
"""Partitions of `outbox_sent`. Their number stays: which one a day has depends on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagingTables:
    outbox: Table
    outbox_sent: Table
    relay_holder: Table
    published_offset: Table
    compared_database: Table
    given_number: Table
    inbox: Table
    read_offset: Table
    parking_lot: Table
    skipped: Table
    passed_over: Table
    state_copy: Table
    state_revision: Table
    command: Table


def add_messaging_tables(metadata: MetaData) -> MessagingTables:
    """Declare them in a service's metadata, so that its migrations make them."""
    return MessagingTables(
        outbox=_outbox(metadata),
        outbox_sent=_outbox_sent(metadata),
        relay_holder=_relay_holder(metadata),
        published_offset=_published_offset(metadata),
        compared_database=_compared_database(metadata),
        given_number=_given_number(metadata),
        inbox=_inbox(metadata),
        read_offset=_read_offset(metadata),
        parking_lot=parking_lot(metadata),
        skipped=skipped(metadata),
        passed_over=passed_over(metadata),
        state_copy=_state_copy(metadata),
        state_revision=_state_revision(metadata),
        command=_command(metadata),
    )


def _outbox(metadata: MetaData) -> Table:
    return Table(
        "outbox",
        metadata,
        Column("position", BigInteger, primary_key=True, autoincrement=True),
        Column("id", Text, nullable=False),
        Column("aggregatetype", Text, nullable=False, comment="the topic"),
        Column("aggregateid", Text, nullable=False, comment="the Kafka key and the event's subject"),
        Column("type", Text, nullable=False),
        Column("payload", LargeBinary, nullable=True, comment="JSON; NULL is a tombstone"),
        Column("lane", Text, nullable=False),
        Column("sequence", BigInteger, nullable=False),
        moment("time"),
        Column("correlation", Text),
        Column("causation", Text),
        moment("written_at", default=True),
        CheckConstraint("sequence >= 1", name="outbox_sequence_from_one"),
        Index("outbox_lane_position", "lane", "position"),
    )


def _outbox_sent(metadata: MetaData) -> Table:
    table = Table(
        "outbox_sent",
        metadata,
        Column("slot", SmallInteger, nullable=False),
        moment("sent_at"),
        Column("position", BigInteger, nullable=False),
        Column("id", Text, nullable=False),
        Column("aggregatetype", Text, nullable=False),
        Column("aggregateid", Text, nullable=False),
        Column("type", Text, nullable=False),
        Column("payload", LargeBinary),
        Column("lane", Text, nullable=False),
        Column("sequence", BigInteger, nullable=False),
        moment("time"),
        Column("correlation", Text),
        Column("causation", Text),
        postgresql_partition_by="LIST (slot)",
    )
    for slot in range(SENT_SLOTS):
        partition: DDL = DDL(f"CREATE TABLE outbox_sent_{slot} PARTITION OF outbox_sent FOR VALUES IN ({slot})")  # type: ignore[no-untyped-call]
        event.listen(table, "after_create", partition)
    return table


def _relay_holder(metadata: MetaData) -> Table:
    return Table("relay_holder", metadata, Column("lane", Text, primary_key=True), Column("holder", Uuid, nullable=False))


def _published_offset(metadata: MetaData) -> Table:
    return Table(
        "published_offset",
        metadata,
        Column("topic", Text, primary_key=True),
        Column("partition", Integer, primary_key=True),
        Column("topic_id", Text, comment="Kafka's own, in hex"),
        Column("next", BigInteger, nullable=False, comment="behind the last record that Kafka acknowledged"),
    )


def _compared_database(metadata: MetaData) -> Table:
    return Table(
        "compared_database",
        metadata,
        Column("id", SmallInteger, primary_key=True, autoincrement=False),
        Column("identity", Text, nullable=False, comment="a restored database says which one it was"),
        CheckConstraint("id = 1", name="compared_database_one"),
    )


def _given_number(metadata: MetaData) -> Table:
    return Table(
        "given_number",
        metadata,
        Column("topic", Text, primary_key=True, comment="without its lane"),
        Column("subject", Text, primary_key=True),
        Column("last", BigInteger, nullable=False),
        CheckConstraint("last >= 1", name="given_number_from_one"),
    )


def _inbox(metadata: MetaData) -> Table:
    return Table(
        "inbox",
        metadata,
        Column("source", Text, primary_key=True),
        Column("subject", Text, primary_key=True),
        Column("last", BigInteger, nullable=False),
        CheckConstraint("last >= 0", name="inbox_from_zero"),
    )


def _read_offset(metadata: MetaData) -> Table:
    return Table(
        "read_offset",
        metadata,
        Column("topic", Text, primary_key=True),
        Column("partition", Integer, primary_key=True),
        Column("next", BigInteger, nullable=False),
        Column("topic_id", Text, comment="Kafka's own, in hex: a topic made anew under the name has another"),
        Column("last_offset", BigInteger, comment="of the last record that was read"),
        Column("last_time", BigInteger, comment="its time in Kafka, in milliseconds since 1970; -1: unknown"),
        Column("last_digest", LargeBinary, comment="of its key, value and headers"),
    )


def _state_copy(metadata: MetaData) -> Table:
    return Table(
        "state_copy",
        metadata,
        Column("topic", Text, primary_key=True),
        Column("id", Text, primary_key=True),
        Column("version", BigInteger, nullable=False),
        Column("value", JSONB, comment="NULL: forgotten, the version stays so that an older one cannot return"),
    )


def _state_revision(metadata: MetaData) -> Table:
    return Table("state_revision", metadata, Column("topic", Text, primary_key=True), Column("revision", Uuid, nullable=False))


def _command(metadata: MetaData) -> Table:
    return Table(
        "command",
        metadata,
        Column("key", Text, primary_key=True),
        Column("actor", Text, primary_key=True),
        Column("fingerprint", Text, nullable=False, comment="SHA-256 of route and body"),
        Column("status", Integer),
        Column("answer", JSONB),
        moment("at"),
        Index("command_at", "at"),
    )
