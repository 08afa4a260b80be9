"""an e-mail address that a stranger wrote down waits for its owner's word; those given before stay as they are"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dossier", sa.Column("address_confirmed", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.create_table(
        "mail_address",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("asked_for", sa.String(), nullable=True),
        sa.Column("token", sa.LargeBinary(), nullable=True),
        sa.Column("asked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed", JSONB(), nullable=False),
        sa.Column("waiting", JSONB(), nullable=False),
        sa.CheckConstraint("num_nonnulls(asked_for, token, asked_until) IN (0, 3)", name="mail_address_asked_wholly"),
    )
    op.create_index(
        "mail_address_token", "mail_address", ["token"], unique=True, postgresql_where=sa.text("token IS NOT NULL")
    )
