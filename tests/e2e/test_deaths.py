"""Processes that die at any moment lose nothing and double nothing."""

import pytest

from contracts.services import SERVICES
from tests.support.installation import Installation, Played

pytestmark = pytest.mark.timeout(1800)


def expect_nothing_lost_or_doubled(installation: Installation, played: Played) -> None:
    finding, added = played.said["finding"], played.added
    assert finding["agree"], finding["differences"][:5]
    assert added["mails different"] == added["messages sent"] > 0
    assert installation.codes_are_unique()


def test_services_killed_during_the_demo(installation: Installation, played: Played) -> None:
    assert played.killed == 4
    expect_nothing_lost_or_doubled(installation, played)


@pytest.mark.faults
def test_every_service_killed_ten_times_during_days_at_twenty_times_their_size(installation: Installation) -> None:
    played = installation.demo_with_deaths(20, SERVICES, deaths=10 * len(SERVICES))
    assert played.killed == 10 * len(SERVICES)
    expect_nothing_lost_or_doubled(installation, played)
