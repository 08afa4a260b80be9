"""The composition root of directory."""

from pathlib import Path

from services.directory import api, pages
from services.directory.consumers import TABLE
from services.directory.settings import DirectorySettings
from services.directory.signin import OwnSignIn
from services.directory.start import prepare
from services.shell.process import Service, serve

SERVICE = Service(
    name="directory",
    title="Một Cửa: directory",
    folder=Path(__file__).parent,
    table=TABLE,
    routers=(*api.ROUTERS, *pages.ROUTERS),
    settings=DirectorySettings,
    signin=OwnSignIn,
    at_start=prepare,
)

if __name__ == "__main__":
    serve(SERVICE)
