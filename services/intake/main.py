"""Intake's composition root. `python -m services.intake.main` runs one process."""

from pathlib import Path
from typing import Final

from chassis.process import Process, Service, serve
from services.intake import api, pages
from services.intake.consumers import TABLE, opened
from services.intake.settings import IntakeSettings, keys_of
from services.intake.views import VIEWS


async def open_keys(process: Process) -> None:
    """Before anything is read or served: raises KeyFault when a key is missing."""
    process.messaging.table = opened(keys_of(process.settings))


SERVICE: Final = Service(
    name="intake",
    title="Một Cửa: intake",
    folder=Path(__file__).parent,
    table=TABLE,
    routers=(*api.ROUTERS, *pages.ROUTERS),
    views=VIEWS,
    settings=IntakeSettings,
    at_start=open_keys,
)

if __name__ == "__main__":
    serve(SERVICE)
