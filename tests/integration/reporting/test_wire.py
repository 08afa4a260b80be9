"""The JSON of every route, to the letter: names, order of lists, numbers, and what is null rather than absent."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Any

import httpx
import pytest

from contracts.values import CIVIL_TIME, GuidanceKind
from services.reporting.domain.definition import V2
from services.reporting.repository import shadow
from tests.support.eventually import eventually
from tests.support.reference_data import COMMUNE, DISTRICT, INSURANCE, headers_for
from tests.support.reporting_events import LATE, NOW, Life, guided
from tests.support.reporting_world import World, get
from tests.support.servers import PostgresServer

OPEN = Life(number=901, accepted=date(2026, 3, 2), promised=date(2026, 3, 12), competent=None)
AS_OF = "2026-03-19T09:00:00.123456+07:00"
PERIOD = {"from": "2026-03-01", "to": "2026-03-15"}
HEADER = {**PERIOD, "as_of": AS_OF, "judged_before": "2026-03-15"}
NOTHING = {
    "total": 0,
    "received": 0,
    "received_online": 0,
    "received_direct": 0,
    "carried_over": 0,
    "resolved": 0,
    "early": 0,
    "on_time": 0,
    "late": 0,
    "in_progress": 0,
    "within_time": 0,
    "overdue": 0,
    "on_time_rate": None,
}
BOTH = NOTHING | {
    "total": 2,
    "received": 2,
    "received_direct": 2,
    "resolved": 1,
    "late": 1,
    "in_progress": 1,
    "overdue": 1,
    "on_time_rate": 0.0,
}
LATE_LISTED = {
    "id": LATE.id,
    "code": LATE.code,
    "procedure_title": "Thủ tục bao-hiem",
    "field_title": "Bảo hiểm xã hội",
    "unit": DISTRICT,
    "unit_name": f"Đơn vị {DISTRICT}",
    "channel": "counter",
    "status": 10,
    "received_at": "2026-03-01T01:00:00Z",
    "accepted_on": "2026-03-01",
    "promised_on": "2026-03-05",
    "decided_on": "2026-03-09",
    "competent_unit": INSURANCE,
    "competent_name": "Cơ quan",
    "officer": "cb006",
    "days_late": 4,
    "held": [
        {"unit": DISTRICT, "officer": None, "since": "2026-03-01T02:00:00Z", "until": "2026-03-01T02:00:00Z", "leaders": False},
        {"unit": INSURANCE, "officer": None, "since": "2026-03-01T02:00:00Z", "until": "2026-03-01T03:00:00Z", "leaders": False},
        {
            "unit": INSURANCE,
            "officer": "cb006",
            "since": "2026-03-01T03:00:00Z",
            "until": "2026-03-09T08:00:00Z",
            "leaders": False,
        },
    ],
}
OPEN_LISTED = {
    "id": OPEN.id,
    "code": OPEN.code,
    "procedure_title": "Thủ tục dat-dai",
    "field_title": "Đất đai",
    "unit": DISTRICT,
    "unit_name": f"Đơn vị {DISTRICT}",
    "channel": "counter",
    "status": 2,
    "received_at": "2026-03-02T01:00:00Z",
    "accepted_on": "2026-03-02",
    "promised_on": "2026-03-12",
    "decided_on": None,
    "competent_unit": None,
    "competent_name": None,
    "officer": None,
    "days_late": 3,
    "held": [{"unit": DISTRICT, "officer": None, "since": "2026-03-02T02:00:00Z", "until": None, "leaders": False}],
}


@pytest.fixture(scope="module")
async def world(postgres: PostgresServer) -> AsyncIterator[World]:
    async with World.empty(postgres) as world:
        await world.read([*LATE.events(), *OPEN.events()])
        await world.read([guided(1, GuidanceKind.CALL_IN, datetime(2026, 3, 2, 8, tzinfo=CIVIL_TIME), COMMUNE)])
        yield world


@pytest.fixture(scope="module")
async def http(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with world.serving() as http:
        yield http


async def test_figures(http):
    assert await get(http, "figures", **PERIOD, as_of=AS_OF, by="channel") == {
        **HEADER,
        "by": "channel",
        "definition": {"id": "v2", "vi": V2.vi, "en": V2.en},
        "newest_fact": "2026-03-11T13:00:00Z",
        "total": BOTH,
        "rows": [
            {"key": "counter", "name": "counter"} | BOTH,
            {"key": "online", "name": "online"} | NOTHING,
            {"key": "post", "name": "post"} | NOTHING,
        ],
    }


async def test_the_rows_of_units_have_their_names(http):
    report = await get(http, "figures", **PERIOD, unit=DISTRICT)
    assert report["as_of"] is None
    assert report["rows"] == [{"key": DISTRICT, "name": "Bộ phận Một cửa huyện Hà An"} | BOTH]


async def test_dossiers(http):
    first = await get(http, "dossiers", **PERIOD, as_of=AS_OF, limit=1)
    cursor = first["next"]
    assert first == {**HEADER, "measure": "total", "dossiers": [LATE_LISTED], "next": cursor}
    second = await get(http, "dossiers", **PERIOD, as_of=AS_OF, limit=1, after=cursor)
    assert second == {**HEADER, "measure": "total", "dossiers": [OPEN_LISTED], "next": None}


async def test_guidance(http):
    turns = {"in_person": 0, "call_in": 1, "call_out": 0}
    assert await get(http, "guidance", **PERIOD, as_of=AS_OF) == {
        **HEADER,
        "total": 1,
        "turns": turns,
        "units": [{"key": COMMUNE, "name": "Bộ phận Một cửa xã Minh Lạc", "turns": turns}],
    }


async def test_a_replay_that_cannot_be_done(world, http):
    """Before the first, while it waits, and given up: Kafka is away."""
    assert await get(http, "replay") == {"id": None, "state": "none", "read": 0, "of": 0}
    async with world.database.connect() as elsewhere:
        assert await shadow.try_replay_lock(elsewhere)  # another process has the lock: no attempt begins meanwhile
        answer = await http.post("/api/reporting/replay", headers=headers_for("operator", NOW))
        assert (answer.status_code, answer.json()) == (202, {"id": 1})
        requested = await get(http, "replay")
        moment = requested["requested_at"]
        assert requested == _progress(moment, state="running", attempt=0, problem=None, ended_at=None)
        assert (moment[:14], moment[-1]) == ("2026-03-20T02:", "Z")
        await shadow.release_replay_lock(elsewhere)

    async def given_up() -> dict[str, Any]:
        progress: dict[str, Any] = await get(http, "replay")
        assert progress["state"] == "failed"
        return progress

    failed = await eventually(given_up)
    assert "KafkaConnectionError" in failed["problem"]
    assert failed["ended_at"] > moment
    expected = _progress(moment, state="failed", attempt=5, problem=failed["problem"], ended_at=failed["ended_at"])
    assert failed == expected


def _progress(requested_at: str, **values: object) -> dict[str, Any]:
    return {"id": 1, "read": 0, "of": 0, "requested_at": requested_at, **values}


async def test_every_route_says_what_it_answers(http):
    """Its own routes; those of the chassis are the same in each service."""
    document = (await http.get("/api/reporting/openapi.json")).json()
    answers = {
        f"{method} {path}": operation["responses"]
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if operation["tags"] == ["reporting"]
    }
    assert len(answers) == 5
    for route, responses in answers.items():
        (good,) = [answer for status, answer in responses.items() if status.startswith("2")]
        schema = good["content"]["application/json"]["schema"]
        named = [part["$ref"] for part in schema.get("anyOf", [schema])]
        assert all(name.startswith("#/components/schemas/") for name in named), route
        assert {"4XX", "5XX"} <= responses.keys(), route
