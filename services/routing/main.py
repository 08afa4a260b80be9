"""The composition root of routing."""

from pathlib import Path
from typing import Final

from chassis.draft_purge import purge_drafts
from chassis.drafts import Unsealed
from chassis.process import Service, serve
from services.routing import pages
from services.routing.api import absences, cases, endings, signature, supplements
from services.routing.background import KEEP_OPEN_COUNTS, watch_due
from services.routing.commands.table import COMMANDS
from services.routing.consumers import TABLE
from services.routing.reconcile import VIEWS
from services.routing.settings import RoutingSettings

SERVICE: Final = Service(
    name="routing",
    title="Một Cửa: routing",
    folder=Path(__file__).parent,
    table=TABLE,
    commands=COMMANDS,
    routers=[signature.router, cases.router, absences.router, supplements.router, endings.router, *pages.ROUTERS],
    background=(purge_drafts, KEEP_OPEN_COUNTS, watch_due),
    views=VIEWS,
    settings=RoutingSettings,
    draft_seal=lambda _: Unsealed(),
)

if __name__ == "__main__":
    serve(SERVICE)
