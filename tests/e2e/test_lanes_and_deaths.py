"""Lanes stand by themselves, work is shared, and processes that die at any moment lose nothing and double nothing."""

import itertools
import json

import pytest

from tests.support.installation import Installation

pytestmark = pytest.mark.timeout(900)


def test_a_second_process_of_a_lane_shares_the_work(lanes_apart: Installation) -> None:
    lanes_apart.run("scale", "routing-district=2")
    assert "routing-district-2" in lanes_apart.pids()
    played = lanes_apart.demo()
    assert played["finding"]["agree"], played["finding"]["differences"][:5]


@pytest.mark.parametrize(("scale", "deaths"), [(1, 4), pytest.param(20, 10, marks=pytest.mark.faults)])
def test_killed_again_and_again_during_the_demo_nothing_is_lost_or_doubled(
    installation: Installation, scale: int, deaths: int
) -> None:
    """Whoever is killed next is up again from the time before, so every death meets a working process."""
    before = installation.holds()
    demo = installation.start_demo(scale)
    victims = itertools.cycle(("intake", "routing", "notify", "reporting", "directory"))
    killed = 0
    while demo.poll() is None and killed < deaths:
        name = next(victims)
        if name in installation.pids():
            installation.kill(name)
            killed += 1
    told, errors = demo.communicate(timeout=850)
    assert demo.returncode == 0, errors[-3000:]
    assert killed == deaths
    played = json.loads(told)
    assert played["finding"]["agree"], played["finding"]["differences"][:5]
    after = installation.holds()
    assert after["mails different"] == after["messages sent"] > before["messages sent"]
    assert installation.codes_are_unique()
