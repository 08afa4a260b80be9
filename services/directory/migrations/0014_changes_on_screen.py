"""changes of the register on screen: what waits to be confirmed, and what was changed by whom"""

from alembic import op
from sqlalchemy import Boolean, CheckConstraint, Column, DateTime, Integer, String, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "proposal",
        Column("id", String, primary_key=True),
        Column("by", String, nullable=False),
        Column("files", JSONB, nullable=False),
        Column("shown", String, nullable=False),
        Column("until", DateTime(timezone=True), nullable=False),
    )
    op.create_index("proposal_until", "proposal", ["until"])
    op.create_table(
        "register_change",
        Column("id", String, primary_key=True),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("by", String, nullable=False),
        Column("kind", String, nullable=False),
        Column("subject", String, nullable=False),
        Column("name", String, nullable=False),
        Column("is_new", Boolean, nullable=False),
        Column("lines", JSONB, nullable=False),
        Column("left_out", Integer, nullable=False),
        Column("units", ARRAY(String), nullable=False),
        CheckConstraint("kind IN ('calendar', 'unit', 'procedure', 'staff')", name="register_change_kind_known"),
    )
    op.create_index("register_change_newest", "register_change", [text("at DESC"), text("id DESC")])
    op.create_index("register_change_subject", "register_change", ["subject", text("at DESC"), text("id DESC")])
