"""how far the service's own topics are known, and which database was compared with them"""

from messaging.schema_changes import add_published_offsets

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_published_offsets()
