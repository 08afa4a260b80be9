"""What reconcile may ask of intake, to be compared with routing, notify and reporting."""

from typing import Final

from chassis.reconcile import View, inbox_view

VIEWS: Final = (
    View("dossiers", "SELECT id AS key, version || ':' || status AS value FROM dossier"),
    View("intake-positions", "SELECT id AS key, version::text AS value FROM dossier"),
    inbox_view("routing-positions", "routing"),
    View("cases", "SELECT id AS key, code AS value FROM dossier WHERE code IS NOT NULL"),
    View("messages", "SELECT dossier || '/' || sequence AS key, '1' AS value FROM history WHERE notice"),
)
