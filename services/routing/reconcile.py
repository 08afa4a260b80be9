"""What reconcile may ask of routing, to be compared with intake and reporting."""

from typing import Final

from chassis.reconcile import View, inbox_view

VIEWS: Final = (
    View("routing-positions", "SELECT id AS key, version::text AS value FROM routing_case"),
    View("cases", "SELECT id AS key, code AS value FROM routing_case"),
    inbox_view("intake-positions", "intake"),
)
