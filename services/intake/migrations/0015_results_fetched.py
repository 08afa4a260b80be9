"""results wait to be fetched: in which order, reminded of when, and by whom they were fetched with authority"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dossier", sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "dossier_to_fetch",
        "dossier",
        ["unit_id", "decided_at", "id"],
        postgresql_where=sa.text("status = 9 AND hand_over = 'counter'"),
    )
    op.create_table(
        "representative",
        sa.Column("dossier", sa.String(), sa.ForeignKey("person.dossier", ondelete="CASCADE"), primary_key=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )
