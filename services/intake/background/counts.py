"""How many dossiers have which status: counted anew when a process starts, and folded by the clock."""

from typing import Final

from chassis.kept_counts import keep_counts
from services.intake.repository.status_counts import count_anew, fold

KEEP_STATUS_COUNTS: Final = keep_counts(count_anew, fold)
