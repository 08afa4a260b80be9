"""The table event -> handler. Opening a case is a process: a replay must not open or assign anything again."""

from contracts.intake import DossierAcceptedV1
from contracts.topics import DOSSIERS, KEYS, STAFF, UNITS
from messaging.handler_table import Effect, Entry, Table
from services.routing.handlers import open_case
from services.routing.repository.cases import CASE_STORE
from services.routing.repository.officers import load_ledger

TABLE = Table(
    "routing",
    reads=(DOSSIERS, UNITS, STAFF, KEYS),
    entries=(Entry(DossierAcceptedV1, open_case, CASE_STORE, Effect.PROCESS),),
    prepare=load_ledger,
)
