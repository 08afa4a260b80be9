"""What who learns: strangers whether a service is ready and nothing of dossiers, staff whom to ask, operators why not."""

import pytest

from tests.support.intake_events import NOW
from tests.support.intake_world import Intake
from tests.support.reference_data import headers_for

READY = "/api/intake/health/ready"
THROUGH_THE_DOOR = {"X-Forwarded-For": "192.0.2.1"}


@pytest.mark.parametrize("who", [None, "hoa"])
@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via"])
async def test_strangers_and_clerks_learn_that_it_is_not_ready_and_not_why(intake: Intake, who: str | None, header: str) -> None:
    headers = {} if who is None else headers_for(who, NOW)
    answer = await intake.http.get(READY, headers=headers | {header: "192.0.2.1"})
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "problems": []})


async def test_operators_learn_why_and_so_does_who_asks_past_the_front_door(intake: Intake) -> None:
    operator = await intake.http.get(READY, headers=headers_for("operator", NOW) | THROUGH_THE_DOOR)
    inside = await intake.http.get(READY)
    for answer in (operator, inside):
        assert answer.status_code == 503
        assert any(problem.startswith("Kafka: ") for problem in answer.json()["problems"])


async def test_another_units_dossier_tells_staff_whom_to_ask_and_a_stranger_nothing(intake: Intake) -> None:
    dossier = (await intake.receive())["id"]
    foreign = await intake.get(f"/dossiers/{dossier}", clerk="lan")
    unknown = await intake.get("/dossiers/d-nobody", clerk="lan")
    assert (foreign.status_code, foreign.json()["code"]) == (403, "forbidden")
    assert (await intake.get(f"/dossiers/{dossier}")).json()["unit"]["id"] in foreign.json()["vi"]
    assert (unknown.status_code, unknown.json()["code"]) == (404, "no-such-dossier")
    answers = [await intake.http.get(f"/api/intake/dossiers/{name}") for name in (dossier, "d-nobody")]
    assert answers[0].status_code == 401
    assert answers[0].json() == answers[1].json()
