"""What reconcile may ask of intake: to be compared with routing, notify and reporting; statuses as kept and as counted."""

from typing import Final

from chassis.reconcile import View, inbox_view
from services.intake.repository import status_counts

VIEWS: Final = (
    View("dossiers", "SELECT id AS key, version || ':' || status AS value FROM dossier"),
    View("intake-positions", "SELECT id AS key, version::text AS value FROM dossier"),
    inbox_view("routing-positions", "routing"),
    View("cases", "SELECT id AS key, code AS value FROM dossier WHERE code IS NOT NULL"),
    View("messages", "SELECT dossier || '/' || sequence AS key, '1' AS value FROM history WHERE notice"),
    View("statuses", status_counts.COUNTED_VIEW),
    View("statuses-kept", status_counts.KEPT_VIEW),
)
