"""definition v2, by which a dossier that waits for papers or money is within time: until now none waited, so its sums are v1's"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_COLUMNS = "span, first, unit, field, channel, competent, accepted, early, on_time, late, due, past_due, undecided, unassigned, to_fetch"


def upgrade() -> None:
    op.execute(
        f"INSERT INTO tally (definition, {_COLUMNS}) SELECT 'v2', {_COLUMNS} FROM tally WHERE definition = 'v1'"  # noqa: S608 -- our own words
        " ON CONFLICT DO NOTHING"
    )
