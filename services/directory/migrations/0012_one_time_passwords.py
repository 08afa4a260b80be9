"""passwords that somebody else has set are good once; before now nobody could set their own, so all but the sample's are"""

from alembic import op
from sqlalchemy import Column, DateTime, text

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", Column("one_time_until", DateTime(timezone=True)))
    op.execute(text("""
        UPDATE account SET one_time_until = now() + interval '30 days'
        WHERE password_hash IS NOT NULL AND id <> 'operator' AND NOT COALESCE(CAST(value ->> 'sample' AS boolean), false)
    """))
