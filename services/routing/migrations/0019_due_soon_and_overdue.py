"""for which promised date a case was found near or overdue"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_ACTS = (
    "act IN ('opened', 'assigned', 'decided', 'withdrawn', 'withdrawal-refused', 'due-soon', 'overdue', 'paused', 'resumed', "
    "'stopped', 'extension-asked', 'extended', 'extension-refused', 'submitted-for-signature', 'taken-back', "
    "'returned-to-officer', 'signed')"
)
_OPEN = "decided_at IS NULL AND withdrawn_at IS NULL AND stopped_at IS NULL AND waiting_since IS NULL"


def upgrade() -> None:
    for name in ("due_soon_for", "overdue_for"):
        op.add_column("routing_case", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "case_not_overdue_yet",
        "routing_case",
        ["lane", "promised_at", "id"],
        postgresql_where=sa.text(f"{_OPEN} AND overdue_for IS DISTINCT FROM promised_at"),
    )
    op.drop_constraint("step_act_known", "case_step")
    op.create_check_constraint("step_act_known", "case_step", _ACTS)
