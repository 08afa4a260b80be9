"""What `motcua reconcile` compares of reporting with the publishers."""

from typing import Final

from chassis.reconcile import View, inbox_view

VIEWS: Final = (
    View(
        "dossiers", "SELECT id AS key, intake_sequence || ':' || status AS value FROM dossier WHERE intake_sequence IS NOT NULL"
    ),
    inbox_view("intake-positions", "intake"),
    inbox_view("routing-positions", "routing"),
)
