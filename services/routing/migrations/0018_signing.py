"""drafts are submitted for signature, and a signed grant takes its number from a register"""

from typing import Final

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_OPEN: Final = "decided_at IS NULL AND withdrawn_at IS NULL AND stopped_at IS NULL AND waiting_since IS NULL"
_CHECKS: Final = {
    "case_submitted_wholly": "num_nonnulls(submitted_at, submitted_by, submitted_by_name, draft_outcome) IN (0, 4)",
    "case_submitted_to_be_signed": "submitted_at IS NULL OR signing IS NOT NULL",
    "case_draft_outcome_known": "draft_outcome IN ('granted', 'declined')",
    "case_draft_reason_if_declined": "(draft_reason IS NOT NULL) = (draft_outcome IS NOT DISTINCT FROM 'declined')",
}
_ACTS: Final = (
    "opened", "assigned", "decided", "withdrawn", "withdrawal-refused", "paused", "resumed", "stopped",
    "extension-asked", "extended", "extension-refused",
    "submitted-for-signature", "taken-back", "returned-to-officer", "signed",
)  # fmt: skip


def upgrade() -> None:
    op.add_column("routing_case", sa.Column("signing", postgresql.JSONB(), nullable=True))
    op.add_column("routing_case", sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True))
    for name in ("submitted_by", "submitted_by_name", "draft_outcome", "draft_reason"):
        op.add_column("routing_case", sa.Column(name, sa.Text(), nullable=True))
    for name, rule in _CHECKS.items():
        op.create_check_constraint(name, "routing_case", rule)
    op.create_index(
        "case_unit_submitted",
        "routing_case",
        ["competent_unit", "promised_at", "id"],
        postgresql_where=sa.text(f"{_OPEN} AND submitted_at IS NOT NULL"),
    )
    op.add_column("case_step", sa.Column("comment", sa.Text(), nullable=True))
    op.drop_constraint("step_act_known", "case_step")
    op.create_check_constraint("step_act_known", "case_step", f"act IN ({', '.join(repr(act) for act in _ACTS)})")
    op.create_index("absence_deputy", "absence", ["deputy"])
    op.create_table(
        "number_register",
        sa.Column("unit", sa.Text(), primary_key=True),
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("year", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("last >= 0", name="register_last_not_negative"),
    )
