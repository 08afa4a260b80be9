"""The composition root of routing."""

from pathlib import Path
from typing import Final

from chassis.process import Service, serve
from chassis.reconcile import View, inbox_view
from services.routing import api
from services.routing.consumers import TABLE
from services.routing.pages import case, work_list

VIEWS: Final = (
    View("routing-positions", "SELECT id AS key, version::text AS value FROM routing_case"),
    View("cases", "SELECT id AS key, code AS value FROM routing_case"),
    inbox_view("intake-positions", "intake"),
)

SERVICE: Final = Service(
    name="routing",
    title="Một Cửa: routing",
    folder=Path(__file__).parent,
    table=TABLE,
    routers=[api.router, work_list.router, case.router],
    views=VIEWS,
)

if __name__ == "__main__":
    serve(SERVICE)
