"""open cases are counted as they change, by unit, officer, field and promised day: no list counts them any more"""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

FILL: Final = """
    INSERT INTO open_count (unit, officer, field, by_rule, promised_on, cases)
    SELECT competent_unit, COALESCE(officer, ''), COALESCE(procedure ->> 'field', ''), assigned_by IS NULL,
           CAST(promised_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date), count(*)
    FROM routing_case WHERE decided_at IS NULL AND withdrawn_at IS NULL GROUP BY 1, 2, 3, 4, 5
"""


def upgrade() -> None:
    op.create_table(
        "open_count",
        sa.Column("unit", sa.Text(), primary_key=True),
        sa.Column("officer", sa.Text(), primary_key=True),
        sa.Column("field", sa.Text(), primary_key=True),
        sa.Column("by_rule", sa.Boolean(), primary_key=True),
        sa.Column("promised_on", sa.Date(), primary_key=True),
        sa.Column("cases", sa.BigInteger(), nullable=False),
    )
    op.create_index("open_count_officer", "open_count", ["officer"])
    op.execute(FILL)
