"""Laws of which message makes which pointless: only a later one, never what ends a dossier, and no chain has a gap."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from contracts.endings.intake import DossierExtendedV1, DossierStoppedV1
from contracts.intake import (
    DossierAcceptedV1,
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
from contracts.notices import NOTICES
from contracts.notify import MessageSkippedV1
from services.notify import handlers
from services.notify.domain.message import Message, State
from services.notify.domain.precedence import SUPERSEDED_BY, SUPERSEDING, LaterMessages, is_pointless
from tests.support.notify_world import AT, FORGOTTEN, REACHABLE, queued

LEASE = timedelta(seconds=30)


def tried(kind: type[DossierFact]) -> Message:
    return replace(queued(), fact_type=kind.TYPE, attempt=1, deferrals=1)


def after(*kinds: type[DossierFact], sent: bool = False) -> LaterMessages:
    return LaterMessages(frozenset(kind.TYPE for kind in kinds), sent)


def test_every_fact_that_owes_a_message_is_weighed() -> None:
    assert SUPERSEDED_BY.keys() == NOTICES, "say in domain/precedence.py which later facts make its message pointless"
    assert all(laters <= NOTICES for laters in SUPERSEDED_BY.values())


def test_what_supersedes_what_is_superseded_supersedes_that_too() -> None:
    for (latest, later), (other, earlier) in product(SUPERSEDING, SUPERSEDING):
        if later == other:
            assert (latest, earlier) in SUPERSEDING, f"{latest} over {later} over {earlier}"


@pytest.mark.parametrize(
    ("later", "earlier", "pointless"),
    [
        (DossierDecidedV1, DossierAcceptedV1, True),
        (DossierAcceptedV1, DossierDecidedV1, False),
        (DossierAcceptedV1, DossierSubmittedV1, True),
        (DossierAcceptedV1, DossierReturnedV1, True),
        (DossierReturnedV1, DossierSubmittedV1, True),
        (DossierSubmittedV1, DossierReturnedV1, True),
        (DossierHandedOverV1, DossierDecidedV1, True),
        (DossierHandedOverV1, DossierAcceptedV1, True),
        (DossierRefusedV1, DossierReturnedV1, True),
        (DossierSubmittedV1, DossierAcceptedV1, False),
        (DossierReturnedV1, DossierAcceptedV1, False),
        (DossierDecidedV1, DossierHandedOverV1, False),
        (DossierSubmittedV1, DossierRefusedV1, False),
        (DossierTransferredV1, DossierReturnedV1, False),
        (DossierTransferredV1, DossierAcceptedV1, False),
        (DossierTransferredV1, DossierTransferredV1, True),
        (DossierReturnedV1, DossierTransferredV1, True),
        (DossierDecidedV1, DossierTransferredV1, True),
        (DossierWithdrawnV1, DossierAcceptedV1, True),
        (DossierWithdrawnV1, DossierRescheduledV1, True),
        (DossierWithdrawnV1, DossierTransferredV1, True),
        (DossierTransferredV1, DossierWithdrawnV1, False),
        (DossierExtendedV1, DossierRescheduledV1, True),
        (DossierRescheduledV1, DossierExtendedV1, False),
        (DossierDecidedV1, DossierExtendedV1, True),
        (DossierExtendedV1, DossierAcceptedV1, False),
        (DossierStoppedV1, DossierAcceptedV1, True),
        (DossierStoppedV1, DossierRescheduledV1, True),
        (DossierTransferredV1, DossierStoppedV1, False),
        (DossierHandedOverV1, DossierResultRemindedV1, True),
        (DossierResultRemindedV1, DossierResultRemindedV1, True),
        (DossierResultRemindedV1, DossierTransferredV1, True),
        (DossierResultRemindedV1, DossierDecidedV1, False),
    ],
)
def test_which_fact_leaves_nothing_worth_saying_about_which(
    later: type[DossierFact], earlier: type[DossierFact], pointless: bool
) -> None:
    assert is_pointless(tried(earlier), after(later)) is pointless


def test_what_was_never_tried_has_its_turn_before_those_behind_it() -> None:
    assert not is_pointless(replace(tried(DossierAcceptedV1), attempt=0), after(DossierDecidedV1))


@pytest.mark.parametrize("attempt", [0, 3])
@pytest.mark.parametrize("kind", SUPERSEDED_BY)
def test_nothing_goes_out_behind_a_later_one_that_was_sent(kind: type[DossierFact], attempt: int) -> None:
    message = replace(tried(kind), attempt=attempt)
    assert is_pointless(message, after(DossierAcceptedV1, sent=True))
    assert not is_pointless(message, after())


def test_a_superseded_message_is_skipped_with_that_reason_and_an_erased_person_with_theirs() -> None:
    message, later = tried(DossierAcceptedV1), after(DossierDecidedV1)
    for known, reason in ((REACHABLE, "superseded"), (FORGOTTEN, "forgotten")):
        decision = handlers.begin_attempt(message, known, later, AT, AT, LEASE)
        assert (decision.state.state, decision.state.reason, decision.state.attempt) == (State.SKIPPED, reason, 1)
        (event,) = decision.events
        assert isinstance(event, MessageSkippedV1)
        assert event.reason == reason
    assert handlers.begin_attempt(message, REACHABLE, LaterMessages(), AT, AT, LEASE).state.state is State.SENDING
