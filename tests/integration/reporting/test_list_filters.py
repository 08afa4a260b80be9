"""The lists behind figures: every filter holds, together with every other; what a list cannot be filtered by is refused."""

from collections.abc import Iterable, Mapping
from datetime import date

import httpx
import pytest

from tests.support.list_filters import hold_together
from tests.support.reference_data import COMMUNE, DISTRICT, headers_for
from tests.support.reporting_events import NOW
from tests.support.reporting_world import get, get_page

YEAR = {"start": date(2025, 12, 15), "end": date(2026, 12, 15)}
FILTERS = {
    "unit": [DISTRICT, COMMUNE],
    "field": ["dat-dai"],
    "channel": ["online", "counter"],
    "measure": ["resolved", "in_progress"],
}


async def test_api_filters_hold_together(http: httpx.AsyncClient) -> None:
    async def ask(query: Mapping[str, str]) -> Iterable[str]:
        return [line["id"] for line in (await get(http, "dossiers", limit=500, **YEAR, **query))["dossiers"]]

    everything = (await get(http, "dossiers", limit=500, **YEAR))["dossiers"]
    competents = {line["competent_unit"] for line in everything if line["competent_unit"]}
    await hold_together(ask, FILTERS | {"competent": [min(competents)]})


@pytest.mark.parametrize("condition", [{"channel": "online"}, {"competent": DISTRICT}])
async def test_guidance_turns_are_not_counted_by_what_they_do_not_have(
    http: httpx.AsyncClient, condition: dict[str, str]
) -> None:
    query = {"from": str(YEAR["start"]), "to": str(YEAR["end"])} | condition
    refused = await http.get("/api/reporting/guidance", params=query, headers=headers_for("operator", NOW))
    assert refused.status_code == 422
    assert refused.json()["code"] == "not-of-guidance-turns"
    assert refused.json()["errors"][0]["field"] == min(condition)


async def test_figures_by_channel_lead_to_all_turns_and_show_their_number(http: httpx.AsyncClient) -> None:
    page = (await get_page(http, "/reporting/figures?preset=year&channel=online", "operator")).text
    links = [href for href in page.split('href="') if href.startswith("/reporting/guidance?")]
    assert links
    assert not [href for href in links if "channel=" in href.partition('"')[0]]
