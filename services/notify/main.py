"""Notify's process: consumers of dossiers and contacts, senders of mail, the ledger's pages. `python -m services.notify.main`."""

from pathlib import Path

from chassis.process import Service, serve
from chassis.reconcile import View, inbox_view
from services.notify import api, pages
from services.notify.consumers import TABLE
from services.notify.sending import send_messages
from services.notify.settings import NotifySettings

SERVICE = Service(
    name="notify",
    title="Một Cửa: notify",
    folder=Path(__file__).parent,
    table=TABLE,
    routers=[api.ROUTER, pages.ROUTER],
    background=[send_messages],
    views=[
        View("messages", "SELECT dossier || '/' || sequence AS key, '1' AS value FROM message GROUP BY dossier, sequence"),
        inbox_view("intake-positions", "intake"),
    ],
    settings=NotifySettings,
)

if __name__ == "__main__":
    serve(SERVICE)
