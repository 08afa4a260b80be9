"""cases wait for papers or money: meanwhile they are in no list of open ones (next step), and in one of their own"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_CHECKS = {
    "case_waits_wholly": "num_nonnulls(waiting_since, pause) IN (0, 2)",
    "case_waits_while_open": "waiting_since IS NULL OR decided_at IS NULL AND withdrawn_at IS NULL AND officer IS NOT NULL",
}


def upgrade() -> None:
    op.add_column("routing_case", sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("routing_case", sa.Column("pause", JSONB(none_as_null=True), nullable=True))
    for name in ("supplements", "payments"):
        op.add_column("routing_case", sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text("0")))
    for name, rule in _CHECKS.items():
        op.create_check_constraint(name, "routing_case", rule)
    op.drop_constraint("step_act_known", "case_step")
    op.create_check_constraint(
        "step_act_known",
        "case_step",
        "act IN ('opened', 'assigned', 'decided', 'withdrawn', 'withdrawal-refused', 'paused', 'resumed')",
    )
    op.create_index(
        "case_unit_waiting",
        "routing_case",
        ["competent_unit", "waiting_since", "id"],
        postgresql_where=sa.text("waiting_since IS NOT NULL"),
    )
