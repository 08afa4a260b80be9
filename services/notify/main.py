"""The composition root of notify: consumers of dossiers and contacts, senders of mail, the ledger's routes and pages."""

from pathlib import Path
from typing import Final

from chassis.process import Service, serve
from services.notify import api, pages
from services.notify.background import send_messages
from services.notify.commands import COMMANDS
from services.notify.consumers import TABLE
from services.notify.reconcile import VIEWS
from services.notify.settings import NotifySettings

SERVICE: Final = Service(
    name="notify",
    title="Một Cửa: notify",
    folder=Path(__file__).parent,
    table=TABLE,
    commands=COMMANDS,
    routers=[api.router, pages.router],
    background=[send_messages],
    views=VIEWS,
    settings=NotifySettings,
)

if __name__ == "__main__":
    serve(SERVICE)
