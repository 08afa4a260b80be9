"""Who sees which figures, and who may rebuild them."""

from datetime import date

import httpx
import pytest

from tests.support.reference_data import CENTRE, COMMUNE, DEPARTMENT, DISTRICT, INSURANCE, POST_OFFICE, headers_for
from tests.support.reporting_world import NOW, get

YEAR = {"start": date(2025, 12, 15), "end": date(2026, 12, 15)}


async def units_seen(http: httpx.AsyncClient, username: str, by: str) -> set[str]:
    report = await get(http, "figures", username, by=by, **YEAR)
    return {row["key"] for row in report["rows"]}


async def test_a_leader_sees_their_unit_and_all_below(http):
    everything = await get(http, "figures", **YEAR)
    province = await get(http, "figures", "quang", **YEAR)
    assert {CENTRE, DEPARTMENT, DISTRICT, COMMUNE} <= {row["key"] for row in province["rows"]}
    assert INSURANCE not in {row["key"] for row in province["rows"]}
    assert 0 < province["total"]["total"] < everything["total"]["total"]
    assert await units_seen(http, "son", "unit") >= {DISTRICT, COMMUNE}


async def test_a_department_sees_what_it_decides_wherever_it_was_received(http):
    report = await get(http, "figures", "dung", by="unit", **YEAR)
    by_decider = await get(http, "figures", by="competent", **YEAR)
    own = next(row for row in by_decider["rows"] if row["key"] == INSURANCE)
    assert report["total"]["total"] == own["total"] > 0
    assert await units_seen(http, "dung", "competent") == {INSURANCE}


async def test_a_clerk_sees_their_own_unit(http):
    report = await get(http, "figures", "duong", **YEAR)
    everything = await get(http, "figures", **YEAR)
    assert [row for row in report["rows"] if row["key"] == POST_OFFICE] == [
        row for row in everything["rows"] if row["key"] == POST_OFFICE
    ]
    assert {row["key"] for row in report["rows"] if row["total"]} == {POST_OFFICE}


async def test_the_list_shows_nothing_that_the_figure_does_not_count(http):
    dossiers = (await get(http, "dossiers", "nga", limit=500, **YEAR))["dossiers"]
    assert all(COMMUNE in (dossier["unit"], dossier["competent_unit"]) for dossier in dossiers)
    assert len(dossiers) == (await get(http, "figures", "nga", **YEAR))["total"]["total"] > 0


@pytest.mark.parametrize("path", ["figures", "dossiers", "guidance"])
async def test_another_units_figures_are_refused_and_not_shown_as_nothing(http, path):
    answer = await http.get(
        f"/api/reporting/{path}?from=2018-01-01&to=2018-02-01&unit={CENTRE}", headers=headers_for("duong", NOW)
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize("path", ["figures", "dossiers", "guidance", "replay"])
async def test_nobody_sees_anything_without_signing_in(http, path):
    assert (await http.get(f"/api/reporting/{path}?from=2025-12-15&to=2026-12-15")).status_code == 401


@pytest.mark.parametrize("username", ["quang", "quantri", "hoa"])
async def test_only_operators_rebuild(http, username):
    for answer in (
        await http.post("/api/reporting/replay", headers=headers_for(username, NOW)),
        await http.get("/api/reporting/replay", headers=headers_for(username, NOW)),
    ):
        assert answer.status_code == 403


async def test_a_replay_needs_its_key(http):
    headers = headers_for("operator", NOW)
    del headers["Idempotency-Key"]
    answer = await http.post("/api/reporting/replay", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-missing")
    assert (await get(http, "replay"))["state"] == "none"
