"""a second factor beside the password: the sealed secret, which digits were used last, and the hashes of the codes on paper"""

from alembic import op
from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", Column("second_factor", JSONB))
