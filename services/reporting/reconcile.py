"""What `motcua reconcile` compares of reporting: with the publishers, and what waits as kept and as counted."""

from typing import Final

from chassis.reconcile import View, inbox_view
from services.reporting.repository import kept_waiting

VIEWS: Final = (
    View(
        "dossiers", "SELECT id AS key, intake_sequence || ':' || status AS value FROM dossier WHERE intake_sequence IS NOT NULL"
    ),
    inbox_view("intake-positions", "intake"),
    inbox_view("routing-positions", "routing"),
    View("waiting", kept_waiting.COUNTED_VIEW),
    View("waiting-kept", kept_waiting.KEPT_VIEW),
)
