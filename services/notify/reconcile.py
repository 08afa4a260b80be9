"""What reconcile may ask of notify, to be compared with intake."""

from typing import Final

from chassis.reconcile import View, inbox_view

VIEWS: Final = (
    View("messages", "SELECT dossier || '/' || sequence AS key, '1' AS value FROM message GROUP BY dossier, sequence"),
    inbox_view("intake-positions", "intake"),
)
