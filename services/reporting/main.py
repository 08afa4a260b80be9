"""The composition root of reporting."""

from pathlib import Path
from typing import Final

from chassis.process import Service, serve
from services.reporting import api, pages
from services.reporting.background.counts import KEEP_WAITING
from services.reporting.background.watcher import watch_for_replays
from services.reporting.commands import COMMANDS
from services.reporting.consumers import TABLE
from services.reporting.reconcile import VIEWS
from services.reporting.repository.shadow import shared_swap_lock

SERVICE: Final = Service(
    name="reporting",
    title="Một Cửa: số liệu / figures",
    folder=Path(__file__).parent,
    table=TABLE,
    commands=COMMANDS,
    routers=(api.router, pages.router),
    background=(watch_for_replays, KEEP_WAITING),
    views=VIEWS,
    on_begin=shared_swap_lock,
)

if __name__ == "__main__":
    serve(SERVICE)
