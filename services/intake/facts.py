"""What intake says of a dossier after each step: the fact, built from the new state, and the same in the dossier's history."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from contracts.intake import (
    DossierAcceptedV1,
    DossierDecidedV1,
    DossierFact,
    DossierHandedOverV1,
    DossierRefusedV1,
    DossierReturnedV1,
    DossierSubmittedV1,
    DossierTakenUpV1,
    asks_for_message,
)
from messaging.handler_table import Decision
from services.intake.domain.dossier import Dossier, Told

_IN_EVERY_FACT: Final = frozenset(DossierFact.model_fields)


def submitted(dossier: Dossier, by: str | None) -> DossierSubmittedV1:
    return DossierSubmittedV1(
        **common(dossier, dossier.submitted_at, by), papers=list(dossier.papers), collection=dossier.collection
    )


def returned(dossier: Dossier, at: datetime, by: str) -> DossierReturnedV1:
    return DossierReturnedV1(**common(dossier, at, by), missing=list(dossier.missing))


def accepted(dossier: Dossier, by: str) -> DossierAcceptedV1:
    assert dossier.accepted_at is not None  # noqa: S101 -- an accepted dossier has its time; CHECKed in the database too
    return DossierAcceptedV1(
        **common(dossier, dossier.accepted_at, by),
        competent_unit=dossier.competent,
        accepted_at=dossier.accepted_at,
        fee=dossier.fee,
        papers=list(dossier.papers),
    )


def refused(dossier: Dossier, at: datetime, by: str) -> DossierRefusedV1:
    return DossierRefusedV1(**common(dossier, at, by), reason=dossier.reason)


def taken_up(dossier: Dossier, at: datetime) -> DossierTakenUpV1:
    return DossierTakenUpV1(**common(dossier, at, None))


def decided(dossier: Dossier, by: str) -> DossierDecidedV1:
    assert dossier.decided_at is not None  # noqa: S101 -- as above
    return DossierDecidedV1(
        **common(dossier, dossier.decided_at, by),
        outcome=dossier.outcome,
        decided_at=dossier.decided_at,
        result_number=dossier.result_number,
    )


def handed_over(dossier: Dossier, by: str | None) -> DossierHandedOverV1:
    assert dossier.handed_over_at is not None  # noqa: S101 -- as above
    return DossierHandedOverV1(
        **common(dossier, dossier.handed_over_at, by),
        handed_over_by=dossier.handed_over_by,
        handed_over_at=dossier.handed_over_at,
    )


def common(dossier: Dossier, at: datetime, by: str | None) -> dict[str, Any]:
    """What every fact carries."""
    return {
        "status": dossier.status,
        "submission_number": dossier.submission_number,
        "code": dossier.code,
        "unit": dossier.unit,
        "procedure": dossier.procedure,
        "channel": dossier.channel,
        "hand_over": dossier.hand_over,
        "contact_version": dossier.contact_version,
        "promised_at": dossier.promised_at,
        "at": at,
        "by": by,
    }


def tell(dossier: Dossier, *facts: DossierFact) -> Decision[Dossier]:
    """Publish the facts, and keep each in the history."""
    return Decision(replace(dossier, told=(*dossier.told, *map(_told, facts))), facts)


def _told(fact: DossierFact) -> Told:
    return Told(fact.TYPE, fact.at, fact.by, asks_for_message(fact), _own_data(fact))


def _own_data(fact: DossierFact) -> Mapping[str, Any]:
    return fact.model_dump(mode="json", exclude=set(_IN_EVERY_FACT), exclude_none=True)
