"""dossiers wait for papers or money after acceptance: the portal's statuses 5 and 6"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dossier", sa.Column("owed_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("dossier", sa.Column("owed", JSONB(none_as_null=True), nullable=True))
    op.drop_constraint("dossier_status_known", "dossier")
    op.create_check_constraint("dossier_status_known", "dossier", "status IN (1, 2, 3, 4, 5, 6, 7, 9, 10)")
    op.create_check_constraint(
        "dossier_owes_while_it_waits", "dossier", "num_nonnulls(owed_since, owed) = CASE WHEN status IN (5, 6) THEN 2 ELSE 0 END"
    )
    op.create_index(
        "dossier_owed", "dossier", ["lane", "owed_since", "id"], postgresql_where=sa.text("owed_since IS NOT NULL")
    )
