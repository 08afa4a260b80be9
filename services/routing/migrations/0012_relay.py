"""facts that Kafka has acknowledged, kept for some days; which producer may send a lane's states"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
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
