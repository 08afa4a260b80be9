"""dossiers end with status 8, stopped, or are extended with an apology; why one was declined is kept, for form 03"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dossier", sa.Column("stop", JSONB(none_as_null=True), nullable=True))
    op.add_column("dossier", sa.Column("extension", JSONB(none_as_null=True), nullable=True))
    op.add_column("dossier", sa.Column("decline_reason", sa.String(), nullable=True))
    op.drop_constraint("dossier_status_known", "dossier")
    op.create_check_constraint("dossier_status_known", "dossier", "status BETWEEN 1 AND 10")
    op.create_check_constraint("dossier_stopped_once", "dossier", "(status = 8) = (stop IS NOT NULL)")
    op.create_check_constraint(
        "dossier_decline_reason_if_declined", "dossier", "decline_reason IS NULL OR outcome IS NOT DISTINCT FROM 'declined'"
    )
