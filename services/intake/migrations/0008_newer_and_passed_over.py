"""events of types that are newer than this release wait for the next; an operator may pass over numbers that will never come"""

from messaging.schema_changes import let_events_be_newer_or_passed_over

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    let_events_be_newer_or_passed_over()
