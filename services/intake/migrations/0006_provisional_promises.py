"""promised dates past what their calendar knows are provisional; those given before are marked"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_MARK = """
    UPDATE dossier d
    SET explanation = d.explanation || jsonb_build_object('provisional', true, 'known_until', known.until)
    FROM (
        SELECT c.id, make_date(CAST(max(left(listed.day ->> 'date', 4)) AS integer), 12, 31) AS until
        FROM state_copy c CROSS JOIN LATERAL jsonb_array_elements(c.value -> 'exceptions') AS listed (day)
        WHERE c.topic = 'directory.calendars' AND c.value IS NOT NULL GROUP BY c.id
    ) AS known
    WHERE d.status IN (2, 4) AND d.explanation ->> 'calendar' = known.id
      AND CAST(d.promised_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) > known.until
"""


def upgrade() -> None:
    op.execute(_MARK)
    op.create_index(
        "dossier_provisional",
        "dossier",
        ["id"],
        postgresql_where=sa.text("status IN (2, 4) AND (explanation ->> 'provisional') = 'true'"),
    )
