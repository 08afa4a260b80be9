"""who is away, from when to when, and who gets their cases meanwhile"""

from alembic import op
from sqlalchemy import CheckConstraint, Column, Date, Text

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "absence",
        Column("officer", Text, primary_key=True),
        Column("deputy", Text, nullable=False),
        Column("first_day", Date, nullable=False),
        Column("last_day", Date, nullable=False),
        Column("noted_by", Text, nullable=False),
        CheckConstraint("first_day <= last_day", name="absence_days_in_order"),
        CheckConstraint("deputy <> officer", name="absence_deputy_is_another"),
    )
