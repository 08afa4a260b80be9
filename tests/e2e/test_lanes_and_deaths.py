"""Lanes stand by themselves, work is shared, and processes that die at any moment lose nothing and double nothing."""

import itertools
import json

import pytest

from tests.support.installation import Installation

pytestmark = pytest.mark.timeout(900)
POST_LANE = ("intake-post", "routing-post", "notify-post", "reporting-post")


def test_a_second_process_of_a_lane_shares_the_work(lanes_apart: Installation) -> None:
    lanes_apart.run("scale", "routing-district=2")
    assert "routing-district-2" in lanes_apart.pids()
    played = lanes_apart.demo()
    assert played["finding"]["agree"], played["finding"]["differences"][:5]


def test_killed_again_and_again_during_the_demo_nothing_is_lost_or_doubled(lanes_apart: Installation) -> None:
    demo = lanes_apart.start_demo(scale=2)
    victims = itertools.cycle(
        ("intake-district", "routing-province", "notify-district", "reporting-post", "routing-district", "directory")
    )
    killed = 0
    while demo.poll() is None and killed < 10:
        name = next(victims)
        if name in lanes_apart.pids():
            lanes_apart.kill(name)
            killed += 1
    told, errors = demo.communicate(timeout=600)
    assert demo.returncode == 0, errors[-3000:]
    played = json.loads(told)
    assert killed == 10
    assert played["finding"]["agree"], played["finding"]["differences"][:5]
    assert played["mails"]["distinct_message_ids"] == played["messages"]["sent"]
