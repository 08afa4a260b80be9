"""guesses are counted by the chassis: what was counted before, minutes old at most, is forgotten"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("guess")
    op.create_table(
        "guess",
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("attempts >= 0", name="guess_attempts_from_zero"),
        sa.PrimaryKeyConstraint("subject"),
    )
    op.create_index("guess_since", "guess", ["since"], unique=False)
