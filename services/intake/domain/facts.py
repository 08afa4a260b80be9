"""What intake publishes about a dossier after each step: the fact, built from the dossier's new state.

A handler returns `Decision(dossier, (fact,))`: recording it adds the fact's line to the history (`Dossier.recorded`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from contracts.directory import LimitV1, SigningV1
from contracts.endings.intake import DossierExtendedV1, DossierStoppedV1
from contracts.intake import (
    DayOff,
    DossierAcceptedV1,
    DossierAddressConfirmedV1,
    DossierDecidedV1,
    DossierHandedOverV1,
    DossierRefusedV1,
    DossierRescheduledV1,
    DossierResultRemindedV1,
    DossierReturnedV1,
    DossierSubmittedV1,
    DossierTakenUpV1,
    DossierTransferredV1,
    DossierWithdrawalRefusedV1,
    DossierWithdrawalRequestedV1,
    DossierWithdrawnV1,
    UnitRef,
)
from services.intake.domain.dossier import Dossier


def submitted(dossier: Dossier, by: str | None, stated_at: datetime | None = None) -> DossierSubmittedV1:
    return DossierSubmittedV1(
        **common(dossier, dossier.submitted_at, by),
        papers=list(dossier.papers),
        collection=dossier.collection,
        stated_at=stated_at,
    )


def returned(dossier: Dossier, at: datetime, by: str) -> DossierReturnedV1:
    return DossierReturnedV1(**common(dossier, at, by), missing=list(dossier.missing))


def accepted(dossier: Dossier, by: str, signing: SigningV1 | None = None) -> DossierAcceptedV1:
    """`signing`: the rule in force now, which routing keeps to."""
    assert dossier.accepted_at is not None  # noqa: S101 -- an accepted dossier has its time; CHECKed in the database too
    return DossierAcceptedV1(
        **common(dossier, dossier.accepted_at, by),
        competent_unit=dossier.competent,
        accepted_at=dossier.accepted_at,
        fee=dossier.fee,
        papers=list(dossier.papers),
        signing=signing,
        **_counted_by(dossier),
    )


def _counted_by(dossier: Dossier) -> dict[str, Any]:
    why = dossier.explanation
    return {} if why is None else {"limit": LimitV1.of(why["limit"]), "calendar": why["calendar"]}


def rescheduled(dossier: Dossier, previous_at: datetime, at: datetime, days_off: Sequence[DayOff] = ()) -> DossierRescheduledV1:
    return DossierRescheduledV1(**common(dossier, at, None), previous_at=previous_at, days_off=[*days_off])


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


def result_reminded(dossier: Dossier, at: datetime, by: str) -> DossierResultRemindedV1:
    assert dossier.decided_at is not None  # noqa: S101 -- as above
    return DossierResultRemindedV1(**common(dossier, at, by), decided_at=dossier.decided_at)


def handed_over(dossier: Dossier, by: str | None, stated_at: datetime | None = None) -> DossierHandedOverV1:
    assert dossier.handed_over_at is not None  # noqa: S101 -- as above
    return DossierHandedOverV1(
        **common(dossier, dossier.handed_over_at, by),
        handed_over_by=dossier.handed_over_by,
        handed_over_at=dossier.handed_over_at,
        stated_at=stated_at,
    )


def transferred(dossier: Dossier, before: UnitRef, at: datetime) -> DossierTransferredV1:
    return DossierTransferredV1(**common(dossier, at, None), transferred_from=before)


def address_confirmed(dossier: Dossier, at: datetime) -> DossierAddressConfirmedV1:
    return DossierAddressConfirmedV1(**common(dossier, at, None))


def withdrawal_requested(dossier: Dossier, at: datetime, by_name: str | None) -> DossierWithdrawalRequestedV1:
    return DossierWithdrawalRequestedV1(**common(dossier, at, _asker(dossier)), **_why(dossier), by_name=by_name)


def withdrawn(dossier: Dossier) -> DossierWithdrawnV1:
    assert dossier.withdrawn_at is not None  # noqa: S101 -- as above
    return DossierWithdrawnV1(**common(dossier, dossier.withdrawn_at, _asker(dossier)), **_why(dossier))


def withdrawal_refused(dossier: Dossier, at: datetime, decided_at: datetime, by: str) -> DossierWithdrawalRefusedV1:
    return DossierWithdrawalRefusedV1(**common(dossier, at, by), decided_at=decided_at)


def stopped(dossier: Dossier) -> DossierStoppedV1:
    assert dossier.stop is not None  # noqa: S101 -- as above
    return DossierStoppedV1(**common(dossier, dossier.stop.at, dossier.stop.by), ground=dossier.stop.ground)


def extended(dossier: Dossier) -> DossierExtendedV1:
    given = dossier.extension
    assert given is not None  # noqa: S101 -- as above
    return DossierExtendedV1(**common(dossier, given.at, given.by), previous_at=given.previous_at, ground=given.ground)


def _asker(dossier: Dossier) -> str | None:
    return None if dossier.withdrawal is None else dossier.withdrawal.by


def _why(dossier: Dossier) -> dict[str, Any]:
    assert dossier.withdrawal is not None  # noqa: S101 -- as above
    return {"reason": dossier.withdrawal.reason, "duplicate_of": dossier.withdrawal.duplicate_of}


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
        "provisional": dossier.provisional,
        "at": at,
        "by": by,
    }
