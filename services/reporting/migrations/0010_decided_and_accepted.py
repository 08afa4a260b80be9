"""what was open at an instant is found by when it was decided and accepted, without looking at what was decided since"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "dossier_decided_accepted",
        "dossier",
        ["decided_on", "accepted_on", "id"],
        postgresql_where=sa.text("decided_on IS NOT NULL"),
    )
