"""how many open cases each officer has, kept as a number, so that assigning a case does not count them all"""

from alembic import op
from sqlalchemy import BigInteger, Column, Text

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "officer_load",
        Column("officer", Text, primary_key=True),
        Column("open", BigInteger, nullable=False),
    )
    op.execute("""
        INSERT INTO officer_load (officer, open)
        SELECT officer, count(*) FROM routing_case WHERE decided_at IS NULL AND officer IS NOT NULL GROUP BY officer
    """)
