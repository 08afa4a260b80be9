"""dossiers are withdrawn, with a reason; orders to the post that have lost their purpose are cancelled"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_DOSSIER = {
    "dossier_status_known": "status IN (1, 2, 3, 4, 7, 9, 10)",
    "dossier_promise_from_acceptance_on": (
        "num_nonnulls(code, competent_id, competent_name, accepted_at, promised_at, explanation)"
        " = CASE WHEN status IN (1, 3) OR status = 7 AND code IS NULL THEN 0 ELSE 6 END"
    ),
}
_ORDER = {
    "post_order_state_known": "state IN ('planned', 'placed', 'dispatched', 'delivered', 'cancelled')",
    "post_order_told_when_placed": "(state IN ('planned', 'cancelled')) = (version = 0)",
    "post_order_address_forgotten": "(state IN ('delivered', 'cancelled')) = (recipient IS NULL)",
}


def upgrade() -> None:
    op.add_column("dossier", sa.Column("withdrawal", JSONB(none_as_null=True), nullable=True))
    op.add_column("dossier", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    for table, checks in (("dossier", _DOSSIER), ("post_order", _ORDER)):
        for name, rule in checks.items():
            op.drop_constraint(name, table)
            op.create_check_constraint(name, table, rule)
    op.create_check_constraint("dossier_withdrawn_once", "dossier", "(status = 7) = (withdrawn_at IS NOT NULL)")
    op.create_check_constraint("dossier_withdrawal_has_reason", "dossier", "status <> 7 OR withdrawal IS NOT NULL")
