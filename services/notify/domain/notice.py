"""What a message about a fact says: which template, filled with what. As little as will do, and nothing about the person.

A clerk's free words (why a paper will not do, why it was refused) stay on the form and behind the tracking page's secret:
they may name somebody, and mail is read by many machines on its way.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

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
from contracts.supplements import OwedRequest
from contracts.supplements.intake import DossierOwedRemindedV1, DossierPausedV1, DossierResumedV1

TEMPLATES: Final[Mapping[type[DossierFact], str]] = {
    DossierSubmittedV1: "submitted.v2",
    DossierReturnedV1: "returned.v2",
    DossierAcceptedV1: "accepted.v2",
    DossierRescheduledV1: "rescheduled.v2",
    DossierRefusedV1: "refused.v2",
    DossierDecidedV1: "decided.v2",
    DossierResultRemindedV1: "result-reminded.v1",
    DossierHandedOverV1: "handed-over.v2",
    DossierTransferredV1: "transferred.v1",
    DossierWithdrawnV1: "withdrawn.v1",
    DossierAddressConfirmedV1: "address-confirmed.v1",
    DossierPausedV1: "paused.v1",
    DossierResumedV1: "resumed.v1",
    DossierOwedRemindedV1: "owed-reminded.v1",
    DossierStoppedV1: "stopped.v1",
    DossierExtendedV1: "extended.v1",
}
"""The current template of each fact. A message keeps the name it was queued with, so what was sent can be shown for ever."""


MOST_DAYS_OFF: Final = 10
"""As many as a letter names."""

CONFIRMATION: Final = "confirmation.v1"
"""The one mail to an address whose owner has not given their word: it asks for it, and names no dossier."""


def content_of(event: DossierFact, telephone: str | None) -> dict[str, Any]:
    """JSON data for the template; moments as ISO text. `telephone` is the unit's."""
    content: dict[str, Any] = {
        "reference": event.code or event.submission_number,
        "procedure": event.procedure.title,
        "unit": event.unit.name,
        "telephone": telephone,
        "channel": event.channel.value,
        "hand_over": event.hand_over.value,
        "happened_at": event.at.isoformat(),
        "promised_at": None if event.promised_at is None else event.promised_at.isoformat(),
        "provisional": event.provisional is not None,
        "known_until": _day(event.provisional.known_until) if event.provisional else None,
    }
    return content | _of_its_course(event) | _of_its_clock(event)


def _of_its_course(event: DossierFact) -> dict[str, Any]:
    content: dict[str, Any] = {}
    if isinstance(event, DossierReturnedV1):
        content["missing"] = [paper.title for paper in event.missing]
    if isinstance(event, DossierDecidedV1):
        content["outcome"] = event.outcome.value
    if isinstance(event, DossierResultRemindedV1):
        content["decided_at"] = event.decided_at.isoformat()
    if isinstance(event, DossierTransferredV1):
        content["transferred_from"] = event.transferred_from.name
    if isinstance(event, DossierAddressConfirmedV1):
        content["status"] = int(event.status)
    if isinstance(event, DossierWithdrawnV1):
        content["duplicate_of"] = event.duplicate_of
    if isinstance(event, DossierExtendedV1):
        content |= {"ground": event.ground.value, "previous_at": event.previous_at.isoformat()}
    if isinstance(event, DossierStoppedV1):
        content["ground"] = event.ground.value
    return content


def _of_its_clock(event: DossierFact) -> dict[str, Any]:
    """What moves the promised date, or stops its clock."""
    content: dict[str, Any] = {}
    if isinstance(event, DossierRescheduledV1):
        content["previous_at"] = event.previous_at.isoformat()
        content["days_off"] = [{"day": _day(off.day), "vi": off.vi, "en": off.en} for off in event.days_off[:MOST_DAYS_OFF]]
    if isinstance(event, DossierPausedV1 | DossierOwedRemindedV1):
        content |= _asked(event) | {"paused_at": event.paused_at.isoformat()}
    if isinstance(event, DossierResumedV1):
        content |= {"owed": event.owed.value, "previous_at": event.previous_at.isoformat()}
    return content


def _asked(request: OwedRequest) -> dict[str, Any]:
    return {
        "owed": request.owed.value,
        "missing": [paper.title for paper in request.missing],
        "amount": request.amount,
    }


def _day(known_until: date | None) -> str | None:
    """As people write it."""
    return None if known_until is None else f"{known_until:%d/%m/%Y}"
