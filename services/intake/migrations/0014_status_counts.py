"""how many dossiers have each status is kept as sums: the summary counts no dossier any more"""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

FILL: Final = "INSERT INTO status_count (status, dossiers) SELECT status, count(*) FROM dossier GROUP BY status"


def upgrade() -> None:
    op.create_table(
        "status_count",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("dossiers", sa.BigInteger(), nullable=False),
    )
    op.execute(FILL)
