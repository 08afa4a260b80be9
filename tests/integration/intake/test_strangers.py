"""Who learns what: strangers if a service is ready and nothing of dossiers, staff nothing of other units, operators why not."""

import pytest
from structlog.testing import capture_logs

from tests.support.intake_events import NOW, new_dossier
from tests.support.intake_world import Intake
from tests.support.reference_data import COMMUNE, DISTRICT, INSURANCE_CARD, headers_for, staff_id

LIVE, READY, CONSUMING = (f"/api/intake/health/{answer}" for answer in ("live", "ready", "consuming"))
THROUGH_THE_DOOR = {"X-Forwarded-For": "192.0.2.1"}


@pytest.mark.parametrize("who", [None, "hoa"])
@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via"])
async def test_strangers_and_clerks_learn_that_it_is_not_consuming_and_not_why(
    intake: Intake, who: str | None, header: str
) -> None:
    headers = {} if who is None else headers_for(who, NOW)
    answer = await intake.http.get(CONSUMING, headers=headers | {header: "192.0.2.1"})
    assert (answer.status_code, answer.json()) == (503, {"consuming": False, "problems": [], "warnings": []})


async def test_operators_learn_why_and_so_does_who_asks_past_the_front_door(intake: Intake) -> None:
    operator = await intake.http.get(CONSUMING, headers=headers_for("operator", NOW) | THROUGH_THE_DOOR)
    inside = await intake.http.get(CONSUMING)
    for answer in (operator, inside):
        assert answer.status_code == 503
        assert any(problem.startswith("Kafka: ") for problem in answer.json()["problems"])


async def test_kafkas_absence_takes_no_page_down(intake: Intake) -> None:
    """It lives, and it can serve; only what comes and goes over Kafka stands still."""
    answers = {path: (await intake.http.get(path)).status_code for path in (LIVE, READY, CONSUMING)}
    assert answers == {LIVE: 200, READY: 200, CONSUMING: 503}


async def test_another_units_dossier_is_answered_like_an_unknown_one_and_the_log_tells_which(intake: Intake) -> None:
    dossier = (await intake.receive())["id"]
    with capture_logs() as lines:
        foreign = await intake.get(f"/dossiers/{dossier}", clerk="lan")
        unknown = await intake.get("/dossiers/d-nobody", clerk="lan")
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert foreign.json() == unknown.json()
    (line,) = [line for line in lines if line["event"] == "another unit's, answered as unknown"]
    assert (line["thing"], line["id"], line["by"], line["unit"]) == ("dossier", dossier, staff_id("lan"), DISTRICT)
    assert line["request"] == foreign.headers["X-Request-Id"]


async def test_who_has_to_do_with_a_dossier_hears_which_role_it_takes(intake: Intake) -> None:
    """The insurance agency decides this one: its people know of it."""
    received = await intake.post("/dossiers", new_dossier(unit=COMMUNE, procedure=INSURANCE_CARD), clerk="tam")
    dossier = received.json()["id"]
    answer = await intake.http.get(f"/api/intake/dossiers/{dossier}", headers=headers_for("bich", NOW))
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_a_stranger_gets_one_answer_for_both(intake: Intake) -> None:
    dossier = (await intake.receive())["id"]
    answers = [await intake.http.get(f"/api/intake/dossiers/{name}") for name in (dossier, "d-nobody")]
    assert answers[0].status_code == 401
    assert answers[0].json() == answers[1].json()
