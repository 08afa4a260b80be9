"""Changes to the tables of messaging, for the migrations of every service: each stands here once and is never edited again."""

from typing import Final

import sqlalchemy as sa
from alembic import op

_TABLES: Final = {"position": "inbox", "waiting_room": "parking_lot", "copy": "state_copy"}
_PARKING_LOT_INDEXES: Final = ("record_once", "aggregate", "waits_for", "ready", "early", "dead")
_PARKING_LOT_CHECKS: Final = ("state_known", "waits_for")


def rename_to_inbox_parking_lot_and_state_copy() -> None:
    """0002: the tables get the field's names. Names of indexes and constraints follow; no row is touched."""
    for old, new in _TABLES.items():
        op.rename_table(old, new)
        op.execute(f"ALTER INDEX {old}_pkey RENAME TO {new}_pkey")
    op.execute("ALTER TABLE inbox RENAME CONSTRAINT position_from_zero TO inbox_from_zero")
    op.execute("ALTER SEQUENCE waiting_room_id_seq RENAME TO parking_lot_id_seq")
    for name in _PARKING_LOT_INDEXES:
        op.execute(f"ALTER INDEX waiting_room_{name} RENAME TO parking_lot_{name}")
    for name in _PARKING_LOT_CHECKS:
        op.execute(f"ALTER TABLE parking_lot RENAME CONSTRAINT waiting_room_{name} TO parking_lot_{name}")
    op.alter_column("skipped", "id", comment="its id in the parking lot", existing_comment="its id in the waiting room")


def add_state_revision() -> None:
    """Copies get a revision by topic. The topics that are there get theirs too, or nothing of them would be kept in memory."""
    op.create_table(
        "state_revision",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("revision", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("topic"),
    )
    op.execute("""
        INSERT INTO state_revision (topic, revision)
        SELECT topic, gen_random_uuid() FROM state_copy WHERE topic LIKE 'directory.%' GROUP BY topic
    """)


def let_events_be_newer_or_passed_over() -> None:
    """Events of types that this release does not know wait, and an operator's word that some number will never come is kept."""
    op.drop_constraint("parking_lot_state_known", "parking_lot", type_="check")
    states = "('early', 'waiting', 'dead', 'behind', 'ready', 'skipped', 'newer')"
    op.create_check_constraint("parking_lot_state_known", "parking_lot", f"state IN {states}")
    op.create_index("parking_lot_newer", "parking_lot", ["waits_id"], postgresql_where=sa.text("state = 'newer'"))
    op.create_table(
        "passed_over",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False, comment="the number that had been applied"),
        sa.Column("through", sa.BigInteger(), nullable=False, comment="the last number that is waited for no more"),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("last < through", name="passed_over_something"),
        sa.PrimaryKeyConstraint("id"),
    )


def add_what_was_read_last() -> None:
    """What the topic and the last record are known by. Rows that are there learn it when they are next written."""
    op.add_column(
        "read_offset",
        sa.Column("topic_id", sa.Text(), comment="Kafka's own, in hex: a topic made anew under the name has another"),
    )
    op.add_column("read_offset", sa.Column("last_offset", sa.BigInteger(), comment="of the last record that was read"))
    op.add_column(
        "read_offset",
        sa.Column("last_time", sa.BigInteger(), comment="its time in Kafka, in milliseconds since 1970; -1: unknown"),
    )
    op.add_column("read_offset", sa.Column("last_digest", sa.LargeBinary(), comment="of its key, value and headers"))


def keep_sent_facts() -> None:
    """Facts that Kafka has acknowledged stay for some days, a partition for each; and which producer may send a lane's states."""
    op.execute("""
        CREATE TABLE outbox_sent (
            slot smallint NOT NULL, sent_at timestamptz NOT NULL, position bigint NOT NULL, id text NOT NULL,
            aggregatetype text NOT NULL, aggregateid text NOT NULL, type text NOT NULL, payload bytea, lane text NOT NULL,
            sequence bigint NOT NULL, time timestamptz NOT NULL, correlation text, causation text
        ) PARTITION BY LIST (slot)
    """)
    for slot in range(16):
        op.execute(f"CREATE TABLE outbox_sent_{slot} PARTITION OF outbox_sent FOR VALUES IN ({slot})")
    op.execute("CREATE TABLE relay_holder (lane text PRIMARY KEY, holder uuid NOT NULL)")


def add_published_offsets() -> None:
    """How far the service's own topics are known, and which database was compared with them. One that has published before goes
    on from where its topics end: what a release before this one sent is not compared.
    """
    op.create_table(
        "published_offset",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Text(), comment="Kafka's own, in hex"),
        sa.Column("next", sa.BigInteger(), nullable=False, comment="behind the last record that Kafka acknowledged"),
        sa.PrimaryKeyConstraint("topic", "partition"),
    )
    op.create_table(
        "compared_database",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("identity", sa.Text(), nullable=False, comment="a restored database says which one it was"),
        sa.CheckConstraint("id = 1", name="compared_database_one"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "given_number",
        sa.Column("topic", sa.Text(), nullable=False, comment="without its lane"),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("last >= 1", name="given_number_from_one"),
        sa.PrimaryKeyConstraint("topic", "subject"),
    )
    op.execute("""
        INSERT INTO compared_database (id, identity)
        SELECT 1, concat_ws(' ', extract(epoch FROM pg_postmaster_start_time()),
            (SELECT oid FROM pg_database WHERE datname = current_database()), CAST(to_regclass('outbox') AS oid))
        WHERE (SELECT is_called FROM outbox_position_seq)
    """)
