"""a case says who gave it to its officer, nobody where the rule of competence chose"""

from alembic import op
from sqlalchemy import Column, Text

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("routing_case", Column("assigned_by", Text, nullable=True))
    # Of open cases only: nobody asks it of the others.
    op.execute("""
        UPDATE routing_case c SET assigned_by = last.by
        FROM (SELECT DISTINCT ON (case_id) case_id, by FROM case_step WHERE act = 'assigned' ORDER BY case_id, number DESC) AS last
        WHERE last.case_id = c.id AND c.decided_at IS NULL AND last.by IS NOT NULL
    """)
