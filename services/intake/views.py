"""What reconcile may ask of intake, to be compared with routing, notify and reporting."""

from services.shell.reconciliation import View, position_view

VIEWS = (
    View("dossiers", "SELECT id AS key, version || ':' || status AS value FROM dossier"),
    View("intake-positions", "SELECT id AS key, version::text AS value FROM dossier"),
    position_view("routing-positions", "routing"),
    View("cases", "SELECT id AS key, code AS value FROM dossier WHERE code IS NOT NULL"),
    View("messages", "SELECT dossier || '/' || sequence AS key, '1' AS value FROM history WHERE notice"),
)
