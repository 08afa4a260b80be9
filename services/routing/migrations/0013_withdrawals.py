"""cases are withdrawn: closed without a decision, and in no list of open ones"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_OPEN = "decided_at IS NULL AND withdrawn_at IS NULL"
_INDEXES = {
    "case_unit_open": (["competent_unit", "promised_at", "id"], _OPEN),
    "case_officer_open": (["officer", "competent_unit", "promised_at", "id"], _OPEN),
    "case_unit_unassigned": (["competent_unit", "promised_at", "id"], f"{_OPEN} AND officer IS NULL"),
}
_CHECKS = {
    "case_withdrawal_reason_known": "withdrawal_reason IN ('applicant', 'duplicate')",
    "case_withdrawn_wholly": "num_nonnulls(withdrawn_at, withdrawal_reason) IN (0, 2)",
    "case_withdrawn_by_wholly": "num_nonnulls(withdrawn_by, withdrawn_by_name) IN (0, 2)",
    "case_duplicate_of_another": "(duplicate_of IS NOT NULL) = (withdrawal_reason IS NOT DISTINCT FROM 'duplicate')",
    "case_closed_once": "withdrawn_at IS NULL OR decided_at IS NULL",
}


def upgrade() -> None:
    op.add_column("routing_case", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    for name in ("withdrawal_reason", "duplicate_of", "withdrawn_by", "withdrawn_by_name"):
        op.add_column("routing_case", sa.Column(name, sa.Text(), nullable=True))
    for name, rule in _CHECKS.items():
        op.create_check_constraint(name, "routing_case", rule)
    op.drop_constraint("step_act_known", "case_step")
    op.create_check_constraint(
        "step_act_known", "case_step", "act IN ('opened', 'assigned', 'decided', 'withdrawn', 'withdrawal-refused')"
    )
    for name, (columns, where) in _INDEXES.items():
        op.drop_index(name, table_name="routing_case")
        op.create_index(name, "routing_case", columns, postgresql_where=sa.text(where))
