"""What waits for somebody: counted anew when a process starts."""

from typing import Final

from chassis.kept_counts import keep_counts
from services.reporting.repository.kept_waiting import count_anew

KEEP_WAITING: Final = keep_counts(count_anew)
