"""the index of the staff list gets the order in which the list is read"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("account_name_key", table_name="account")
    op.alter_column("account", "name_key", type_=sa.String(collation="C"), existing_nullable=False)
    op.create_index("account_name_key", "account", ["name_key", "id"], unique=False)
