"""a topic that was made anew, or cut off, is noticed by what was read of it last"""

from messaging.schema_changes import add_what_was_read_last

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_what_was_read_last()
