"""The table event -> handler. Opening a case is a process: a replay must not open or assign anything again.

Calendars are copied to say how much is left of a limit, procedures to say which papers may be asked for.
"""

from contracts.endings.intake import DossierExtendedV1
from contracts.intake import DossierAcceptedV1, DossierRescheduledV1, DossierWithdrawalRequestedV1
from contracts.supplements.intake import DossierHandedInV1, DossierResumedV1
from contracts.topics import CALENDARS, DOSSIERS, KEYS, PROCEDURES, STAFF, UNITS
from messaging.handler_table import Effect, Entry, Table
from services.routing.handlers import supplement
from services.routing.handlers.arrival import open_case, reschedule
from services.routing.handlers.withdrawal import withdraw
from services.routing.repository.cases import CASE_STORE
from services.routing.repository.officers import load_ledger
from services.routing.repository.publication import PUBLICATION

TABLE = Table(
    "routing",
    reads=(DOSSIERS, UNITS, CALENDARS, STAFF, KEYS, PROCEDURES),
    entries=(
        Entry(DossierAcceptedV1, open_case, CASE_STORE, Effect.PROCESS),
        Entry(DossierRescheduledV1, reschedule, CASE_STORE, Effect.PROCESS),
        Entry(DossierExtendedV1, reschedule, CASE_STORE, Effect.PROCESS),
        Entry(DossierWithdrawalRequestedV1, withdraw, CASE_STORE, Effect.PROCESS),
        Entry(DossierHandedInV1, supplement.resume, CASE_STORE, Effect.PROCESS),
        Entry(DossierResumedV1, supplement.move_promise, CASE_STORE, Effect.PROCESS),
    ),
    prepare=load_ledger,
    publishes=PUBLICATION,
)
