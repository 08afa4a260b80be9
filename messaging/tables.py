"""The tables that messaging keeps in every service's database, next to the service's own.

`outbox`: what is to be published; its columns are those that Debezium's outbox event router expects. `relay_holder`: which
producer may send a lane's states. `outbox_sent`: facts that
Kafka has acknowledged, for some days, to be published again; a partition for each day, used in turn and emptied as a whole.
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
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    event,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

MESSAGING_TABLES: Final = (
    "outbox",
    "outbox_sent",
    "relay_holder",
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
PARKED_STATES: Final = ("early", "waiting", "dead", "behind", "ready", "skipped", "newer")


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagingTables:
    outbox: Table
    outbox_sent: Table
    relay_holder: Table
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
        inbox=_inbox(metadata),
        read_offset=_read_offset(metadata),
        parking_lot=_parking_lot(metadata),
        skipped=_skipped(metadata),
        passed_over=_passed_over(metadata),
        state_copy=_state_copy(metadata),
        state_revision=_state_revision(metadata),
        command=_command(metadata),
    )


def _moment(name: str, *, default: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=False, server_default=func.now() if default else None)


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
        _moment("time"),
        Column("correlation", Text),
        Column("causation", Text),
        _moment("written_at", default=True),
        CheckConstraint("sequence >= 1", name="outbox_sequence_from_one"),
        Index("outbox_lane_position", "lane", "position"),
    )


def _outbox_sent(metadata: MetaData) -> Table:
    table = Table(
        "outbox_sent",
        metadata,
        Column("slot", SmallInteger, nullable=False),
        _moment("sent_at"),
        Column("position", BigInteger, nullable=False),
        Column("id", Text, nullable=False),
        Column("aggregatetype", Text, nullable=False),
        Column("aggregateid", Text, nullable=False),
        Column("type", Text, nullable=False),
        Column("payload", LargeBinary),
        Column("lane", Text, nullable=False),
        Column("sequence", BigInteger, nullable=False),
        _moment("time"),
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


def _parking_lot(metadata: MetaData) -> Table:
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
        _moment("since"),
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


def _skipped(metadata: MetaData) -> Table:
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
        _moment("at"),
    )


def _passed_over(metadata: MetaData) -> Table:
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
        _moment("at"),
        CheckConstraint("last < through", name="passed_over_something"),
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
        _moment("at"),
        Index("command_at", "at"),
    )
