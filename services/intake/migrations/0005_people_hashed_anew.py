"""people are found by the one form of their number and by their names; a running process, which holds the keys, hashes them anew"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("name_index", ARRAY(sa.LargeBinary()), server_default="{}", nullable=False))
    op.create_index("person_name", "person", ["name_index"], unique=False, postgresql_using="gin")
    op.add_column("person", sa.Column("index_form", sa.SmallInteger(), server_default="0", nullable=False))
    op.create_index(
        "person_index_form", "person", ["index_form", "dossier"], unique=False, postgresql_where=sa.text("index_form < 1")
    )
