"""The post's lane may stand still; district and province go on, and when it runs again it catches up."""

import pytest

from cli.demo.desk import Desk
from cli.demo.people import applicant
from cli.demo.script import CARD_CORRECTION, CENTRE, CLERKS, DISTRICT, INSURANCE_CARD, LAND, POST_OFFICE
from cli.importing import SAMPLE_PASSWORD
from cli.session import Session
from tests.support.installation import Installation

pytestmark = pytest.mark.timeout(600)
POST_LANE = ("intake-post", "routing-post", "notify-post", "reporting-post")


async def test_the_post_s_lane_stopped_the_others_go_on_and_it_catches_up(lanes_apart: Installation) -> None:
    import random

    session, chance = Session(lanes_apart.data), random.Random(7)
    public, lan, hoa = (
        Desk(session),
        Desk(session, CLERKS[CENTRE], SAMPLE_PASSWORD),
        Desk(session, CLERKS[DISTRICT], SAMPLE_PASSWORD),
    )
    procedures = {each["code"]: each for each in (await public.get("/api/directory/procedures"))["procedures"]}
    papers = {code: [{"code": p["code"], "title": p["title"]} for p in each["papers"]] for code, each in procedures.items()}
    for name in POST_LANE:
        lanes_apart.run("stop", name)

    collection = await public.post(
        "/post/collections",
        {
            "unit": DISTRICT,
            "postal_unit": POST_OFFICE,
            "procedure": CARD_CORRECTION,
            "papers": papers[CARD_CORRECTION],
            "hand_over": "post",
            "applicant": applicant(chance),
        },
    )
    for desk, unit, procedure in ((lan, CENTRE, LAND), (hoa, DISTRICT, INSURANCE_CARD)):
        codes = [paper["code"] for paper in papers[procedure]]
        received = await desk.post(
            "/api/intake/dossiers", {"unit": unit, "procedure": procedure, "applicant": applicant(chance), "papers": codes}
        )
        await desk.until(f"/api/intake/dossiers/{received['id']}", "status", 4)

    for name in POST_LANE:
        lanes_apart.run("start", name)
    arrived = await hoa.found("/api/intake/dossiers", "dossiers", unit=DISTRICT, q=str(collection["collection"]))
    assert arrived["status"] == 1
    for desk in (public, lan, hoa):
        await desk.close()
    finding = lanes_apart.reconcile()
    assert finding["agree"], finding["differences"][:5]
