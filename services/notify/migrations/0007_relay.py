"""facts that Kafka has acknowledged, kept for some days; which producer may send a lane's states"""

from messaging.schema_changes import keep_sent_facts

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    keep_sent_facts()
