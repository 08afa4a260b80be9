"""The tables that messaging keeps in every service's database, next to the service's own.

`outbox`: what is to be published; its columns are those that Debezium's outbox event router expects.
`position`: per publisher and aggregate, the last number applied. `read_offset`: from where to read on.
`waiting_room`: events that cannot be applied yet, and why. `copy`: newest version of each entity of a state topic.
`skipped`: dead letters that somebody let go, who and why. `command`: answers already given, by Idempotency-Key.
"""

from dataclasses import dataclass
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

MESSAGING_TABLES: Final = ("outbox", "position", "read_offset", "waiting_room", "skipped", "copy", "command")
WAITING_STATES: Final = ("early", "waiting", "dead", "behind", "ready", "skipped")


@dataclass(frozen=True, slots=True)
class MessagingTables:
    outbox: Table
    position: Table
    read_offset: Table
    waiting_room: Table
    skipped: Table
    copy: Table
    command: Table


def add_messaging_tables(metadata: MetaData) -> MessagingTables:
    """Declare them in a service's metadata, so that its migrations make them."""
    return MessagingTables(
        outbox=_outbox(metadata),
        position=_position(metadata),
        read_offset=_read_offset(metadata),
        waiting_room=_waiting_room(metadata),
        skipped=_skipped(metadata),
        copy=_copy(metadata),
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


def _position(metadata: MetaData) -> Table:
    return Table(
        "position",
        metadata,
        Column("source", Text, primary_key=True),
        Column("subject", Text, primary_key=True),
        Column("last", BigInteger, nullable=False),
        CheckConstraint("last >= 0", name="position_from_zero"),
    )


def _read_offset(metadata: MetaData) -> Table:
    return Table(
        "read_offset",
        metadata,
        Column("topic", Text, primary_key=True),
        Column("partition", Integer, primary_key=True),
        Column("next", BigInteger, nullable=False),
    )


def _waiting_room(metadata: MetaData) -> Table:
    return Table(
        "waiting_room",
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
        UniqueConstraint("topic", "partition", "offset", name="waiting_room_record_once"),
        CheckConstraint(f"state IN {WAITING_STATES}", name="waiting_room_state_known"),
        CheckConstraint(
            "state <> 'waiting' OR num_nonnulls(waits_topic, waits_id, waits_version) = 3", name="waiting_room_waits_for"
        ),
        Index("waiting_room_aggregate", "source", "subject", "sequence"),
        Index("waiting_room_waits_for", "waits_topic", "waits_id", postgresql_where=text("state = 'waiting'")),
        Index("waiting_room_ready", "since", postgresql_where=text("state = 'ready'")),
        Index("waiting_room_early", "since", postgresql_where=text("state = 'early'")),
        Index("waiting_room_dead", "id", postgresql_where=text("state = 'dead'")),
    )


def _skipped(metadata: MetaData) -> Table:
    return Table(
        "skipped",
        metadata,
        Column("id", BigInteger, primary_key=True, autoincrement=False, comment="its id in the waiting room"),
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


def _copy(metadata: MetaData) -> Table:
    return Table(
        "copy",
        metadata,
        Column("topic", Text, primary_key=True),
        Column("id", Text, primary_key=True),
        Column("version", BigInteger, nullable=False),
        Column("value", JSONB, comment="NULL: forgotten, the version stays so that an older one cannot return"),
    )


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
