"""how many settled messages there are of a kind, counted as they change, so that the ledger's page does not count millions"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = ("lane", "unit", "fact_type", "state")


def upgrade() -> None:
    op.create_table(
        "message_count",
        *(sa.Column(name, sa.Text(), nullable=False) for name in KEY),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('sent', 'skipped', 'failed')", name="message_count_settled"),
        sa.PrimaryKeyConstraint(*KEY),
    )
    op.execute(f"""
        INSERT INTO message_count ({", ".join(KEY)}, number) SELECT {", ".join(KEY)}, count(*) FROM message
        WHERE state IN ('sent', 'skipped', 'failed') GROUP BY {", ".join(KEY)}
    """)
    op.drop_index("message_fact_types", table_name="message")
