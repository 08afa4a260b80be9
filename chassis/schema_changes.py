"""Changes to the tables that the chassis declares, for the services that have them: each stands here once and is never edited."""

import sqlalchemy as sa
from alembic import op


def make_guess_table_anew() -> None:
    """0003: one guess limiter for all services. What was counted before is minutes old at most."""
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


def add_drafts() -> None:
    """What was typed into a form and is not done yet, for whoever typed it."""
    op.create_table(
        "draft",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("page", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("held", sa.Boolean, nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("expires_at > saved_at", name="draft_kept_for_a_time"),
    )
    op.create_index("draft_owner_newest", "draft", ["owner", sa.text("saved_at DESC"), sa.text("id DESC")])
    op.create_index("draft_expires", "draft", ["expires_at"])
