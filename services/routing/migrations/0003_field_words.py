"""the check of a case's version gets the field's word"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE routing_case RENAME CONSTRAINT case_has_told TO case_version_positive")
