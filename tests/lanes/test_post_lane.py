"""The post's lane may stand still; district and province go on, and when it runs again it catches up."""

import random

import pytest

from cli.demo.cast import cast
from cli.demo.people import applicant
from cli.demo.script import CARD_CORRECTION, CENTRE, DISTRICT, INSURANCE_CARD, LAND, POST_OFFICE
from cli.session import Session
from tests.support.installation import Installation

pytestmark = pytest.mark.timeout(1800)
POST_LANE = ("intake-post", "routing-post", "notify-post", "reporting-post")


async def test_the_post_s_lane_stopped_the_others_go_on_and_it_catches_up(lanes_apart: Installation) -> None:
    chance = random.Random(7)
    lanes_apart.run("stop", *POST_LANE)
    async with cast(Session(lanes_apart.data)) as people:
        collection = await people.public.post(
            "/post/collections",
            {
                "unit": DISTRICT,
                "postal_unit": POST_OFFICE,
                "procedure": CARD_CORRECTION,
                "papers": people.papers(CARD_CORRECTION),
                "hand_over": "post",
                "applicant": applicant(chance),
            },
        )
        for unit, procedure in ((CENTRE, LAND), (DISTRICT, INSURANCE_CARD)):
            desk, papers = people.clerks[unit], people.codes(procedure)
            received = await desk.post(
                "/api/intake/dossiers", {"unit": unit, "procedure": procedure, "applicant": applicant(chance), "papers": papers}
            )
            await desk.until(f"/api/intake/dossiers/{received['id']}", "status", 4)

        lanes_apart.run("start", *POST_LANE)
        arrived = await people.clerks[DISTRICT].first(
            "/api/intake/dossiers", "dossiers", unit=DISTRICT, q=str(collection["collection"])
        )
        assert arrived["status"] == 1
    finding = lanes_apart.reconcile()
    assert finding["agree"], finding["differences"][:5]
