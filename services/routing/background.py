"""What routing does by the clock: its numbers of open cases."""

from typing import Final

from chassis.kept_counts import keep_counts
from services.routing.repository.open_counts import count_anew, forget_empty

KEEP_OPEN_COUNTS: Final = keep_counts(count_anew, forget_empty)
