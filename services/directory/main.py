"""The composition root of directory."""

from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.process import Service, serve
from chassis.sign_in import OwnSignInLookUp
from services.directory import api, pages
from services.directory.background import measure_calendars, measure_signing_key
from services.directory.commands.table import COMMANDS
from services.directory.consumers import TABLE
from services.directory.domain.accounts import INSTALLATION
from services.directory.provision import provision
from services.directory.repository.sign_in import sign_in_facts
from services.directory.settings import DirectorySettings
from web.vouchers import RootKeys


def own_sign_in(database: AsyncEngine, roots: RootKeys) -> OwnSignInLookUp:
    """Its own tables, not a copy: who is disabled here is out at once, Kafka or no Kafka."""
    return OwnSignInLookUp(database, roots, sign_in_facts, {INSTALLATION: "Một Cửa"})


SERVICE = Service(
    name="directory",
    title="Một Cửa: directory",
    folder=Path(__file__).parent,
    table=TABLE,
    commands=COMMANDS,
    routers=(*api.ROUTERS, *pages.ROUTERS),
    background=(measure_calendars, measure_signing_key),
    settings=DirectorySettings,
    signin=own_sign_in,
    at_start=provision,
)

if __name__ == "__main__":
    serve(SERVICE)
