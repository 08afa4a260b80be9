"""What reporting reads, and which handler each event goes to. All are projections: a replay builds them again."""

from typing import Final

from contracts import intake, notify, routing
from contracts.endings import intake as ended
from contracts.endings import routing as endings
from contracts.signature import routing as signature
from contracts.supplements import intake as owed
from contracts.supplements import routing as pauses
from contracts.topics import CASES, DOSSIERS, FRONT_DESK, KEYS, MESSAGES, STAFF, UNITS
from messaging.handler_table import Effect, Entry, Table
from services.reporting import handlers
from services.reporting.repository.projections import DOSSIER_ROWS, GUIDANCE_ROWS, MESSAGE_HISTORY

TABLE: Final = Table(
    "reporting",
    reads=(DOSSIERS, CASES, FRONT_DESK, MESSAGES, UNITS, STAFF, KEYS),
    entries=(
        Entry(intake.DossierSubmittedV1, handlers.record_status, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(intake.DossierReturnedV1, handlers.record_return, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(intake.DossierAcceptedV1, handlers.record_acceptance, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(intake.DossierRescheduledV1, handlers.record_status, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(intake.DossierResultRemindedV1, handlers.record_status, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(intake.DossierRefusedV1, handlers.record_status, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(intake.DossierTakenUpV1, handlers.record_status, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(intake.DossierDecidedV1, handlers.record_status, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(intake.DossierTransferredV1, handlers.record_status, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(intake.DossierHandedOverV1, handlers.record_hand_over, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(intake.DossierWithdrawalRequestedV1, handlers.record_status, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(intake.DossierWithdrawalRefusedV1, handlers.record_status, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(intake.DossierWithdrawnV1, handlers.record_status, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(intake.DossierAddressConfirmedV1, handlers.record_status, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(routing.CaseOpenedV1, handlers.record_case, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(routing.CaseAssignedV1, handlers.record_assignment, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(routing.CaseDecidedV1, handlers.record_decision, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(routing.CaseWithdrawnV1, handlers.record_withdrawal, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(routing.CaseWithdrawalRefusedV1, handlers.record_answer, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(routing.CaseDueSoonV1, handlers.record_due, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(routing.CaseOverdueV1, handlers.record_due, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(owed.DossierPausedV1, handlers.record_status, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(owed.DossierHandedInV1, handlers.record_status, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(owed.DossierResumedV1, handlers.record_status, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(owed.DossierOwedRemindedV1, handlers.record_status, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(pauses.CasePausedV1, handlers.record_pause, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(pauses.CaseResumedV1, handlers.record_resumption, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(ended.DossierExtendedV1, handlers.record_extension, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(endings.CaseExtensionAskedV1, handlers.record_answer, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(endings.CaseExtendedV1, handlers.record_answer, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(endings.CaseExtensionRefusedV1, handlers.record_answer, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(ended.DossierStoppedV1, handlers.record_status, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(endings.CaseStoppedV1, handlers.record_stop, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(signature.CaseSubmittedForSignatureV1, handlers.record_draft, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(signature.CaseTakenBackV1, handlers.record_draft, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(signature.CaseReturnedToOfficerV1, handlers.record_draft, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(signature.CaseSignedV1, handlers.record_signature, DOSSIER_ROWS, Effect.PROJECTION),
        Entry(intake.GuidanceGivenV1, handlers.record_guidance, GUIDANCE_ROWS, Effect.PROJECTION),
        Entry(notify.MessageSentV1, handlers.record_message, MESSAGE_HISTORY, Effect.PROJECTION),
        Entry(notify.MessageSkippedV1, handlers.record_message, MESSAGE_HISTORY, Effect.PROJECTION),
        Entry(notify.MessageFailedV1, handlers.record_message, MESSAGE_HISTORY, Effect.PROJECTION),
    ),
)
