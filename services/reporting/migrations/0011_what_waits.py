"""how many dossiers wait, beside the daily sums and filled from those that are there; indexes for what nobody holds and for what changed since an instant

A process that starts counts anew (services/reporting/repository/kept_waiting.py), as those of the release before do not count.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

COUNTS = ("undecided", "unassigned", "to_fetch")
KEY = "definition, span, first, unit, field, channel, competent"
DAYS = """
    SELECT unit, field, channel, coalesce(competent_unit, 'none') AS competent, promised_on AS day, 1 AS undecided,
           CASE WHEN competent_unit IS NOT NULL AND officer IS NULL THEN 1 ELSE 0 END AS unassigned, 0 AS to_fetch, status, accepted_on
    FROM dossier WHERE decided_on IS NULL
    UNION ALL
    SELECT unit, field, channel, coalesce(competent_unit, 'none'), decided_on, 0, 0, 1, status, accepted_on
    FROM dossier WHERE decided_on IS NOT NULL AND handed_over_at IS NULL AND status = 9
"""
FILL = f"""
    INSERT INTO tally AS t ({KEY}, accepted, early, on_time, late, due, past_due, undecided, unassigned, to_fetch)
    SELECT 'v1', span, CAST(CASE span WHEN 'd' THEN day ELSE date_trunc(part, day) END AS date), unit, field, channel, competent,
           0, 0, 0, 0, 0, 0, sum(undecided), sum(unassigned), sum(to_fetch)
    FROM ({DAYS}) AS waiting CROSS JOIN (VALUES ('d', 'day'), ('m', 'month'), ('y', 'year')) AS longer (span, part)
    WHERE accepted_on IS NOT NULL AND unit IS NOT NULL AND field IS NOT NULL AND channel IS NOT NULL AND status NOT IN (1, 3, 7)
    GROUP BY 1, 2, 3, 4, 5, 6, 7
    ON CONFLICT ({KEY}) DO UPDATE
    SET undecided = excluded.undecided, unassigned = excluded.unassigned, to_fetch = excluded.to_fetch
"""


def upgrade() -> None:
    for name in COUNTS:
        op.add_column("tally", sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.execute(FILL)
    op.create_index(
        "dossier_unassigned",
        "dossier",
        ["promised_on", "id"],
        postgresql_where=sa.text("decided_on IS NULL AND officer IS NULL AND competent_unit IS NOT NULL"),
    )
    op.create_index("dossier_changed", "dossier", [sa.text("greatest(intake_recorded_at, case_recorded_at)"), "accepted_on"])
