"""how far a changed calendar has been applied to open promises"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_LANES = "lane IN ('province', 'district', 'post')"


def upgrade() -> None:
    op.create_table(
        "calendar_pass",
        sa.Column("calendar", sa.String(), primary_key=True),
        sa.Column("lane", sa.String(), primary_key=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.String(), nullable=True),
        sa.CheckConstraint(_LANES, name="calendar_pass_lane_known"),
        sa.CheckConstraint("version >= 1", name="calendar_pass_version_from_one"),
    )
    op.create_index(
        "dossier_open_calendar",
        "dossier",
        ["lane", sa.text("(explanation ->> 'calendar')"), "id"],
        postgresql_where=sa.text("status IN (2, 4)"),
    )
