"""Two processes of one lane share its work, and no effect happens twice."""

import asyncio
import random

import pytest

from cli.demo.cast import cast
from cli.demo.people import applicant
from cli.demo.script import CARD_CORRECTION, DISTRICT
from cli.session import Session
from tests.support.installation import Installation

pytestmark = pytest.mark.timeout(1800)
BOTH = ("routing-district", "routing-district-2")
DOSSIERS = 24


async def test_a_second_process_of_a_lane_shares_the_work(lanes_apart: Installation) -> None:
    chance = random.Random(11)
    lanes_apart.run("scale", "routing-district=2")
    before = lanes_apart.holds()
    async with cast(Session(lanes_apart.data)) as people:
        hoa = people.clerks[DISTRICT]
        bodies = (
            {
                "unit": DISTRICT,
                "procedure": CARD_CORRECTION,
                "applicant": applicant(chance),
                "papers": people.codes(CARD_CORRECTION),
            }
            for _ in range(DOSSIERS)
        )
        received = await asyncio.gather(*(hoa.post("/api/intake/dossiers", body) for body in bodies))
        for dossier in received:
            await hoa.until(f"/api/intake/dossiers/{dossier['id']}", "status", 4)
    assert all(lanes_apart.applied(name, "routing.district") > 0 for name in BOTH)
    finding = lanes_apart.reconcile()
    assert finding["agree"], finding["differences"][:5]
    added = lanes_apart.holds() - before
    assert added["mails kept"] == added["mails different"] == added["messages sent"] > 0


@pytest.mark.faults
def test_days_at_twenty_times_their_size_with_a_second_process(lanes_apart: Installation) -> None:
    lanes_apart.run("scale", "routing-district=2")
    played = lanes_apart.demo(20)
    assert played["finding"]["agree"], played["finding"]["differences"][:5]
