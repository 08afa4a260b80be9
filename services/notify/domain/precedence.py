"""In which order the messages about one dossier go out, and which of them a later fact has made pointless.

They go out in the order of the facts. One that waits for another try holds the later ones back, unless a later one says
all that still matters: then it goes out no more. Nothing is sent behind a later one that was sent.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
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
from services.notify.domain.message import Message

Facts = frozenset[type[DossierFact]]

_HAND_OVER: Final[Facts] = frozenset({DossierHandedOverV1})
_RESULT: Final[Facts] = _HAND_OVER | {DossierDecidedV1}
_NO_RESULT: Final[Facts] = frozenset({DossierWithdrawnV1, DossierStoppedV1})
_END: Final[Facts] = _RESULT | _NO_RESULT
_BEFORE: Final[Facts] = frozenset({DossierSubmittedV1, DossierReturnedV1, DossierAcceptedV1, DossierRefusedV1})
_ANY: Final[Facts] = _BEFORE | _END
_REMINDED: Final[Facts] = frozenset({DossierResultRemindedV1})
_RESCHEDULED: Final[Facts] = frozenset({DossierRescheduledV1, DossierExtendedV1})
_RESUMED: Final[Facts] = frozenset({DossierResumedV1})
_OWED: Final[Facts] = frozenset({DossierPausedV1, DossierOwedRemindedV1})
_TRANSFER: Final[Facts] = frozenset({DossierTransferredV1})

SUPERSEDED_BY: Final[Mapping[type[DossierFact], Facts]] = {
    # Handed in, handed back, handed in again: the newest of these says where things are.
    DossierSubmittedV1: _ANY,
    DossierReturnedV1: _ANY,
    DossierAcceptedV1: _END,
    # A new date is no acceptance; the newest of them is the one that holds, until there is a result, or none to come.
    DossierRescheduledV1: _END | _RESCHEDULED | _RESUMED | _OWED,
    DossierRefusedV1: frozenset(),
    DossierDecidedV1: _HAND_OVER,
    # The newest of them says how long it has waited; none says what was decided.
    DossierResultRemindedV1: _HAND_OVER | _REMINDED,
    DossierHandedOverV1: frozenset(),
    # Every letter names the unit that holds the dossier; a transfer says nothing of papers, dates or results.
    DossierTransferredV1: _ANY | _RESCHEDULED | _TRANSFER | _REMINDED | _RESUMED | _OWED,
    DossierWithdrawnV1: frozenset(),
    DossierStoppedV1: frozenset(),
    # An apology is owed whatever the calendar does to the new date.
    DossierExtendedV1: _END | frozenset({DossierExtendedV1}),
    # It says where things were; any later one says where they are.
    DossierAddressConfirmedV1: _ANY | _RESCHEDULED | _REMINDED | _RESUMED | _OWED,
    # What was owed has come, or is asked for once more, or is owed no longer.
    DossierPausedV1: _END | _RESUMED | _OWED,
    DossierOwedRemindedV1: _END | _RESUMED | _OWED,
    # It says that what was owed has come, which no other new date says.
    DossierResumedV1: _END | _RESUMED | _OWED,
}
"""For each fact the later ones that leave nothing worth saying about it. What ends a dossier is never among the pointless."""

SUPERSEDING: Final = frozenset((later.TYPE, earlier.TYPE) for earlier, laters in SUPERSEDED_BY.items() for later in laters)
"""(type of the later fact, type of the earlier one)."""


@dataclass(frozen=True, slots=True)
class LaterMessages:
    """What there is about later facts of the same dossier, whatever became of it, and whether any of it was sent."""

    fact_types: AbstractSet[str] = frozenset()
    any_sent: bool = False


def is_pointless(message: Message, later: LaterMessages) -> bool:
    """Whether to send it no more. One that was never tried has its turn first, however many wait behind it."""
    if later.any_sent:
        return True
    return message.attempt > 0 and any((fact_type, message.fact_type) in SUPERSEDING for fact_type in later.fact_types)
