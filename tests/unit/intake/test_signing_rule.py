"""Whether a leader signs goes with the acceptance, as the version of the procedure in force says: by each of the ways to it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from contracts.directory import SigningV1
from contracts.intake import DossierAcceptedV1
from messaging.handler_table import Decision
from services.intake.domain.dossier import Dossier
from services.intake.handlers.dossier import Acceptance, accept, receive
from tests.support.intake_dossiers import OFFER, acceptance, returned, submission, submitted
from tests.support.intake_events import NOW
from tests.support.reference_data import CENTRE, DEPARTMENT, DISTRICT, DRIVING_LICENCE, LAND
from tests.unit.intake.test_promise import offered

SIGNING = SigningV1(kind="QĐ", number_format="{n}/QĐ")


@pytest.mark.parametrize("signing", [None, SIGNING])
@pytest.mark.parametrize(
    "way",
    [
        lambda said: receive(submission("don", "hop-dong"), said(), NOW),
        lambda said: accept(submitted("don", "hop-dong"), said(), NOW),
        lambda said: accept(returned("don"), said("hop-dong"), NOW),
    ],
    ids=["received at the counter", "accepted", "handed in again and accepted"],
)
def test_the_acceptance_says_who_signs(
    way: Callable[[Callable[..., Acceptance]], Decision[Dossier]], signing: SigningV1 | None
) -> None:
    fact = way(lambda *papers: replace(acceptance(*papers), offer=replace(OFFER, signing=signing))).events[-1]
    assert isinstance(fact, DossierAcceptedV1)
    assert fact.signing == signing


def test_an_offer_says_it_as_the_version_in_force_does() -> None:
    assert offered(LAND, DISTRICT, DISTRICT).signing is None
    signing = offered(DRIVING_LICENCE, CENTRE, DEPARTMENT).signing
    assert signing == SigningV1(kind="GPLX", number_format="{n}/{year}/{kind}-SGTVT")
