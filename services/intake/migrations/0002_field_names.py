"""the tables of messaging get the field's names"""

from messaging.schema_changes import rename_to_inbox_parking_lot_and_state_copy

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    rename_to_inbox_parking_lot_and_state_copy()
