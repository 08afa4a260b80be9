"""reference data is kept in memory for as long as its topic's revision is the same"""

from messaging.schema_changes import add_state_revision

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_state_revision()
