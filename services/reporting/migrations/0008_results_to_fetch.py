"""an index of what was decided and nobody has fetched yet, for the leader's board"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "dossier_to_fetch",
        "dossier",
        ["decided_on", "id"],
        postgresql_where=sa.text("decided_on IS NOT NULL AND handed_over_at IS NULL"),
    )
