"""a case knows what its limit counts and by which calendar, and whether the promised date may still move"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("routing_case", sa.Column("limit_kind", sa.Text(), nullable=True))
    op.add_column("routing_case", sa.Column("calendar", sa.Text(), nullable=True))
    op.add_column("routing_case", sa.Column("provisional", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
