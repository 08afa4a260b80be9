"""Intake's composition root. `python -m services.intake.main` runs one process."""

from pathlib import Path
from typing import Final

from chassis.draft_purge import purge_drafts
from chassis.process import Service, serve
from services.intake import api, pages
from services.intake.adapters.keys import keys_of
from services.intake.background.calendars import watch_calendars
from services.intake.background.counts import KEEP_STATUS_COUNTS
from services.intake.background.hashes import hash_people_anew
from services.intake.background.reminders import remind_of_owed
from services.intake.background.successors import transfer_dossiers
from services.intake.commands.table import COMMANDS
from services.intake.consumers import TABLE
from services.intake.provision import open_keys
from services.intake.reconcile import VIEWS
from services.intake.settings import IntakeSettings

SERVICE: Final = Service(
    name="intake",
    title="Một Cửa: intake",
    folder=Path(__file__).parent,
    table=TABLE,
    commands=COMMANDS,
    routers=(*api.ROUTERS, *pages.ROUTERS),
    background=(hash_people_anew, watch_calendars, transfer_dossiers, purge_drafts, KEEP_STATUS_COUNTS, remind_of_owed),
    views=VIEWS,
    settings=IntakeSettings,
    at_start=open_keys,
    draft_seal=keys_of,
)

if __name__ == "__main__":
    serve(SERVICE)
