"""what was typed into a form and is not done yet, for whoever typed it"""

from chassis.schema_changes import add_drafts

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_drafts()
