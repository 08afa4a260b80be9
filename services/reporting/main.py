"""The composition root of reporting."""

from pathlib import Path
from typing import Final

from chassis.process import Service, serve
from chassis.reconcile import View, inbox_view
from services.reporting import api, pages
from services.reporting.consumers import TABLE
from services.reporting.replay.background import replays
from services.reporting.replay.shadow import beside_a_swap

DOSSIERS: Final = View(
    "dossiers", "SELECT id AS key, intake_sequence || ':' || status AS value FROM dossier WHERE intake_sequence IS NOT NULL"
)

SERVICE: Final = Service(
    name="reporting",
    title="Một Cửa: số liệu / figures",
    folder=Path(__file__).parent,
    table=TABLE,
    routers=(api.router, pages.router),
    background=(replays,),
    views=(DOSSIERS, inbox_view("intake-positions", "intake"), inbox_view("routing-positions", "routing")),
    on_begin=beside_a_swap,
)

if __name__ == "__main__":
    serve(SERVICE)
