"""dossiers are handed on by when they were accepted"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "dossier_accepted", "dossier", ["unit_id", "accepted_at", "id"], postgresql_where=sa.text("accepted_at IS NOT NULL")
    )
