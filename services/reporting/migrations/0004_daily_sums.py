"""figures from daily sums that are kept as facts arrive, filled from the dossiers that are there; indexes of the lists behind them

A dossier adds to up to four days (services/reporting/domain/tally.py), and each day to its month and its year.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

AMOUNTS = ("accepted", "early", "on_time", "late", "due", "past_due")
KEY = ("definition", "span", "first", "unit", "field", "channel", "competent")
DAYS = """
    SELECT d.unit, d.field, d.channel, coalesce(d.competent_unit, 'none') AS competent, counted.day, counted.amount
    FROM dossier d
    CROSS JOIN LATERAL (SELECT greatest(d.accepted_on, d.promised_on) AS due, greatest(d.accepted_on, d.decided_on) AS decided) AS s
    CROSS JOIN LATERAL (VALUES
        (d.accepted_on, 'accepted'),
        (s.due, 'due'),
        (CASE WHEN d.decided_on IS NOT NULL THEN s.decided END,
         CASE WHEN s.decided > d.promised_on THEN 'late' WHEN s.decided = d.promised_on THEN 'on_time' ELSE 'early' END),
        (CASE WHEN d.decided_on IS NOT NULL THEN greatest(s.due, s.decided) END, 'past_due')
    ) AS counted (day, amount)
    WHERE d.accepted_on IS NOT NULL AND d.unit IS NOT NULL AND d.field IS NOT NULL AND d.channel IS NOT NULL
      AND d.status NOT IN (1, 3) AND counted.day IS NOT NULL
"""
NAMES = """
    SELECT 'unit' AS dimension, unit AS key, max(unit_name) AS name FROM dossier WHERE unit_name IS NOT NULL GROUP BY unit
    UNION ALL SELECT 'field', field, max(field_title) FROM dossier WHERE field_title IS NOT NULL GROUP BY field
    UNION ALL SELECT 'competent', competent_unit, max(competent_name) FROM dossier WHERE competent_name IS NOT NULL
    GROUP BY competent_unit
"""
COLUMNS = ", ".join((*KEY, *AMOUNTS))
COUNTS = ", ".join(f"count(*) FILTER (WHERE amount = '{amount}')" for amount in AMOUNTS)
SUMS = ", ".join(f"sum({amount})" for amount in AMOUNTS)
FILL = (
    f"""
        INSERT INTO tally ({COLUMNS}) SELECT 'v1', 'd', day, unit, field, channel, competent, {COUNTS}
        FROM ({DAYS}) AS added GROUP BY day, unit, field, channel, competent
    """,
    f"""
        INSERT INTO tally ({COLUMNS})
        SELECT definition, longer.span, CAST(date_trunc(longer.part, first) AS date), unit, field, channel, competent, {SUMS}
        FROM tally CROSS JOIN (VALUES ('m', 'month'), ('y', 'year')) AS longer (span, part)
        GROUP BY 1, 2, 3, 4, 5, 6, 7
    """,
)


def upgrade() -> None:
    op.create_table(
        "tally",
        *(sa.Column(name, sa.Date() if name == "first" else sa.String(), nullable=False) for name in KEY),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in AMOUNTS),
        sa.CheckConstraint("span IN ('d', 'm', 'y')", name="tally_span_known"),
        sa.PrimaryKeyConstraint(*KEY),
    )
    op.create_table(
        "tally_name",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("dimension", "key", "name")),
        sa.PrimaryKeyConstraint("dimension", "key"),
    )
    for statement in FILL:
        op.execute(statement)
    op.execute(f"INSERT INTO tally_name (dimension, key, name) SELECT dimension, key, name FROM ({NAMES}) AS named")
    op.drop_index("dossier_period", table_name="dossier")
    for name, columns_in_order, where in (
        ("dossier_accepted", ["accepted_on", "id"], "accepted_on IS NOT NULL"),
        ("dossier_decided", ["decided_on", "id", "accepted_on"], "decided_on IS NOT NULL"),
        ("dossier_undecided", ["accepted_on", "id"], "decided_on IS NULL"),
        ("dossier_open", ["promised_on", "id"], "decided_on IS NULL"),
    ):
        op.create_index(name, "dossier", columns_in_order, postgresql_where=sa.text(where))
