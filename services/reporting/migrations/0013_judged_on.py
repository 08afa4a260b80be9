"""the promised day that had passed when another was given: lateness goes by it"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dossier", sa.Column("judged_on", sa.Date(), nullable=True))
