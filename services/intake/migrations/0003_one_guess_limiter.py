"""guesses are counted by the chassis: what was counted before, minutes old at most, is forgotten"""

from chassis.schema_changes import make_guess_table_anew

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    make_guess_table_anew()
