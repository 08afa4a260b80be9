"""sign-ins that are not over, so that their holders can be told which ones signing out ends"""

from alembic import op
from sqlalchemy import Boolean, CheckConstraint, Column, DateTime, String, text

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "session",
        Column("id", String, primary_key=True),
        Column("staff", String, nullable=False),
        Column("by_program", Boolean, nullable=False),
        Column("since", DateTime(timezone=True), nullable=False),
        Column("until", DateTime(timezone=True), nullable=False),
        CheckConstraint("until > since", name="session_lasts"),
    )
    op.create_index("session_staff_newest", "session", ["staff", text("since DESC")])
