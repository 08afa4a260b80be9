"""Processes that die at any moment lose nothing and double nothing."""

import pytest

from tests.support.installation import SERVICES, Installation, Played

pytestmark = pytest.mark.timeout(900)


def expect_nothing_lost_or_doubled(installation: Installation, played: Played) -> None:
    finding, added = played.said["finding"], played.added
    assert finding["agree"], finding["differences"][:5]
    assert added["mails different"] == added["messages sent"] > 0
    assert installation.codes_are_unique()


def test_services_killed_during_the_demo(installation: Installation, played: Played) -> None:
    assert played.killed == 4
    expect_nothing_lost_or_doubled(installation, played)


@pytest.mark.faults
@pytest.mark.parametrize("victims", [*((service,) for service in SERVICES), SERVICES], ids=[*SERVICES, "each-in-turn"])
def test_ten_deaths_during_days_at_twenty_times_their_size(installation: Installation, victims: tuple[str, ...]) -> None:
    found = installation.demo_with_deaths(20, victims, deaths=10)
    assert found.killed == 10
    expect_nothing_lost_or_doubled(installation, found)
