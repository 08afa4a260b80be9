"""What reconcile may ask of routing: to be compared with intake and reporting; open cases as kept and as counted."""

from typing import Final

from chassis.reconcile import View, inbox_view
from services.routing.repository import open_counts

VIEWS: Final = (
    View("routing-positions", "SELECT id AS key, version::text AS value FROM routing_case"),
    View("cases", "SELECT id AS key, code AS value FROM routing_case"),
    inbox_view("intake-positions", "intake"),
    View("open-cases", open_counts.COUNTED_ROWS),
    View("open-cases-kept", open_counts.KEPT_ROWS),
)
