"""what applicants say of how they were served"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rating",
        sa.Column("dossier", sa.String(), primary_key=True),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.CheckConstraint("answer IN ('very_satisfied', 'satisfied', 'dissatisfied')", name="rating_answer_known"),
    )
