"""cases are stopped by a leader, closed without a decision and in no list of open ones; or take longer than promised"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_OPEN = "decided_at IS NULL AND withdrawn_at IS NULL AND stopped_at IS NULL AND waiting_since IS NULL"
_INDEXES = {
    "case_unit_open": (["competent_unit", "promised_at", "id"], _OPEN),
    "case_officer_open": (["officer", "competent_unit", "promised_at", "id"], _OPEN),
    "case_unit_unassigned": (["competent_unit", "promised_at", "id"], f"{_OPEN} AND officer IS NULL"),
}
_GROUNDS = "'unanswered-supplement', 'obligation-not-met', 'asked-by-agency', 'other'"
_CHECKS = {
    "case_stop_ground_known": f"stop_ground IN ({_GROUNDS})",
    "case_stopped_wholly": "num_nonnulls(stopped_at, stop_ground, stopped_by, stopped_by_name) IN (0, 4)",
    "case_details_if_stopped": "stop_details IS NULL OR stopped_at IS NOT NULL",
    "case_other_ground_in_words": "stop_ground <> 'other' OR stop_details IS NOT NULL",
    "case_closed_once": "num_nonnulls(decided_at, withdrawn_at, stopped_at) <= 1",
}
_ACTS = (
    "'opened', 'assigned', 'decided', 'withdrawn', 'withdrawal-refused', 'paused', 'resumed', 'stopped', "
    "'extension-asked', 'extended', 'extension-refused'"
)


def upgrade() -> None:
    op.add_column("routing_case", sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True))
    for name in ("stop_ground", "stop_details", "stopped_by", "stopped_by_name"):
        op.add_column("routing_case", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("routing_case", sa.Column("extension_asked", JSONB(none_as_null=True), nullable=True))
    op.add_column("routing_case", sa.Column("extensions", sa.Integer(), nullable=False, server_default="0"))
    op.create_check_constraint("case_extensions_from_zero", "routing_case", "extensions >= 0")
    op.drop_constraint("case_closed_once", "routing_case")
    for name, rule in _CHECKS.items():
        op.create_check_constraint(name, "routing_case", rule)
    op.drop_constraint("step_act_known", "case_step")
    op.create_check_constraint("step_act_known", "case_step", f"act IN ({_ACTS})")
    for name, (columns, where) in _INDEXES.items():
        op.drop_index(name, table_name="routing_case")
        op.create_index(name, "routing_case", columns, postgresql_where=sa.text(where))
