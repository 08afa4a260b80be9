"""Which facts about a dossier owe its applicant a message."""

from typing import Final

from contracts.endings.intake import DossierExtendedV1, DossierStoppedV1
from contracts.intake import (
    DossierAcceptedV1,
    DossierAddressConfirmedV1,
    DossierDecidedV1,
    DossierFact,
    DossierHandedOverV1,
    DossierRefusedV1,
    DossierRescheduledV1,
    DossierResultRemindedV1,
    DossierReturnedV1,
    DossierSubmittedV1,
    DossierTransferredV1,
    DossierWithdrawnV1,
)
from contracts.supplements.intake import DossierOwedRemindedV1, DossierPausedV1, DossierResumedV1
from contracts.values import Channel, HandOver

NOTICES: Final[frozenset[type[DossierFact]]] = frozenset(
    {
        DossierSubmittedV1,
        DossierReturnedV1,
        DossierAcceptedV1,
        DossierRescheduledV1,
        DossierRefusedV1,
        DossierDecidedV1,
        DossierResultRemindedV1,
        DossierHandedOverV1,
        DossierTransferredV1,
        DossierWithdrawnV1,
        DossierAddressConfirmedV1,
        DossierPausedV1,
        DossierResumedV1,
        DossierOwedRemindedV1,
        DossierStoppedV1,
        DossierExtendedV1,
    }
)
"""The facts that may owe the applicant a message; `asks_for_message` says of one fact whether it is so."""


def asks_for_message(event: DossierFact) -> bool:
    """Whether this fact owes the applicant a message: notify then keeps a ledger row for it, sent or skipped.

    Who hands in or fetches at the counter holds the paper in hand; a promised date that has become firm as it was is no news.
    """
    if isinstance(event, DossierSubmittedV1):
        return event.channel is not Channel.COUNTER
    if isinstance(event, DossierHandedOverV1):
        return event.handed_over_by is HandOver.POST
    if isinstance(event, DossierRescheduledV1):
        return event.promised_at != event.previous_at
    return type(event) in NOTICES
