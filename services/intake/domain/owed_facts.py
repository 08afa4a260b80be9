"""What intake publishes about a dossier that waits for papers or money: built from its new state, like `facts`."""

from datetime import datetime
from typing import Any

from contracts.supplements.intake import DossierHandedInV1, DossierOwedRemindedV1, DossierPausedV1, DossierResumedV1
from contracts.supplements.routing import CaseResumedV1
from contracts.values import Channel
from services.intake.domain.dossier import Dossier
from services.intake.domain.facts import common
from services.intake.domain.owed import Owed


def paused(dossier: Dossier, owed: Owed, by: str) -> DossierPausedV1:
    return DossierPausedV1(**common(dossier, owed.since, by), **_request(owed))


def handed_in(
    dossier: Dossier, owed: Owed, at: datetime, *, through: Channel, by: str | None, by_name: str | None
) -> DossierHandedInV1:
    return DossierHandedInV1(
        **common(dossier, at, by),
        owed=owed.kind,
        request_number=owed.number,
        papers=owed.papers_handed_in(),
        amount=owed.amount,
        through=through,
        by_name=by_name,
    )


def resumed(dossier: Dossier, event: CaseResumedV1, previous_at: datetime) -> DossierResumedV1:
    return DossierResumedV1(
        **common(dossier, event.at, None),
        owed=event.owed,
        request_number=event.request_number,
        paused_at=event.paused_at,
        resumed_at=event.handed_in_at,
        previous_at=previous_at,
    )


def reminded(dossier: Dossier, owed: Owed, at: datetime) -> DossierOwedRemindedV1:
    return DossierOwedRemindedV1(**common(dossier, at, None), **_request(owed))


def _request(owed: Owed) -> dict[str, Any]:
    return {
        "owed": owed.kind,
        "request_number": owed.number,
        "missing": list(owed.papers),
        "amount": owed.amount,
        "paused_at": owed.since,
    }
