"""what was typed into a form and is not done yet, for whoever typed it"""

from alembic import op
from sqlalchemy import Boolean, CheckConstraint, Column, DateTime, LargeBinary, Text, text

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draft",
        Column("id", Text, primary_key=True),
        Column("owner", Text, nullable=False),
        Column("page", Text, nullable=False),
        Column("sealed", LargeBinary, nullable=False),
        Column("held", Boolean, nullable=False),
        Column("saved_at", DateTime(timezone=True), nullable=False),
        Column("expires_at", DateTime(timezone=True), nullable=False),
        CheckConstraint("expires_at > saved_at", name="draft_kept_for_a_time"),
    )
    op.create_index("draft_owner_newest", "draft", ["owner", text("saved_at DESC"), text("id DESC")])
    op.create_index("draft_expires", "draft", ["expires_at"])
