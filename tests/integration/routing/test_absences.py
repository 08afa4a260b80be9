"""Somebody is away for some days: competence gives their cases to the deputy, and to them again afterwards."""

from collections.abc import AsyncIterator
from datetime import datetime, time, timedelta
from typing import Any

import httpx
import pytest

from contracts.directory import PostV1
from contracts.values import CIVIL_TIME, Role
from messaging.clock import system_clock
from tests.support.draft_pages import shows_draft
from tests.support.reference_data import DISTRICT, INSURANCE, PUBLIC_KEY, headers_for, people, staff_id, token_for
from tests.support.routing_world import Browser, World, accepted, add_staff, new_id, process_batch, record, routing_world, rows
from tests.support.servers import PostgresServer
from web.csrf import csrf_token
from web.tokens import verify

BICH, THAO, DUNG, MINH = staff_id("bich"), staff_id("thao"), staff_id("dung"), staff_id("minh")
FIRST, LAST = "2026-03-02", "2026-03-06"


@pytest.fixture
async def world(postgres: PostgresServer) -> AsyncIterator[World]:
    async with routing_world(postgres) as made:
        yield made


async def note(world: World, person: str, **changes: Any) -> httpx.Response:
    body = {"officer": BICH, "deputy": THAO, "first_day": FIRST, "last_day": LAST} | changes
    return await world.http.post("/api/routing/absences", json=body, headers=headers_for(person))


async def given_to(world: World, at: datetime, **changes: Any) -> str | None:
    """Who gets a dossier of the insurance agency that comes at that moment."""
    case, event = new_id(), accepted(**{"unit": INSURANCE, "field": "bao-hiem"} | changes)
    await process_batch(world.database, [record(case, event, 1)], at)
    (row,) = await rows(world.database, "SELECT officer FROM routing_case WHERE id = :id", id=case)
    return row.officer


def on(day: str, hour: int = 9, minute: int = 0) -> datetime:
    return datetime.combine(datetime.fromisoformat(day), time(hour, minute), CIVIL_TIME)


async def without(world: World, *usernames: str) -> None:
    """These are no officers of the agency: fewer are left to choose from."""
    gone = [people()[name].model_copy(update={"posts": [PostV1(unit=DISTRICT, role=Role.CLERK)]}) for name in usernames]
    await add_staff(world.database, *gone)


async def test_the_deputy_gets_what_comes_from_the_first_to_the_last_day(world: World) -> None:
    await without(world, "dung")
    thao = people()["thao"]
    await add_staff(
        world.database, thao.model_copy(update={"posts": [PostV1(unit=INSURANCE, role=Role.OFFICER, fields=["khac"])]})
    )
    assert await given_to(world, on(FIRST)) == BICH
    noted = await note(world, "bich")
    assert (noted.status_code, noted.json()["deputy"]) == (200, THAO), noted.text
    assert await given_to(world, on("2026-03-01", 23, 59)) == BICH
    assert await given_to(world, on(FIRST, 0, 0)) == THAO, "though the field is not theirs"
    assert await given_to(world, on(LAST, 23, 59)) == THAO
    assert await given_to(world, on("2026-03-07", 0, 0)) == BICH
    sooner = await note(world, "bich", last_day="2026-03-03")
    assert sooner.status_code == 200
    assert await given_to(world, on(LAST)) == BICH, "came back early"


async def test_a_deputy_who_is_away_too_or_left_gets_nothing(world: World) -> None:
    await without(world, "dung")
    assert (await note(world, "bich")).status_code == 200
    assert (await note(world, "thao", officer=THAO, deputy=BICH)).status_code == 200
    assert await given_to(world, on(FIRST)) is None, "the leader sees it as nobody's"
    assert (
        await note(world, "thao", officer=THAO, deputy=BICH, first_day="2026-04-01", last_day="2026-04-01")
    ).status_code == 200
    assert await given_to(world, on(FIRST)) == THAO
    await add_staff(world.database, people()["thao"].model_copy(update={"active": False}), version=3)
    assert await given_to(world, on(FIRST)) is None


@pytest.mark.parametrize(
    ("person", "changes", "status", "code"),
    [
        ("dung", {}, 200, None),
        ("bich", {"deputy": DUNG}, 200, None),
        ("thao", {}, 403, "absence-of-others"),
        ("son", {}, 403, "absence-of-others"),
        ("hoa", {}, 403, "forbidden"),
        ("bich", {"deputy": BICH}, 422, "deputy-not-here"),
        ("bich", {"deputy": MINH}, 422, "deputy-not-here"),
        ("bich", {"deputy": "nobody"}, 422, "deputy-not-here"),
        ("bich", {"last_day": "2026-03-01"}, 422, "absence-days"),
        ("bich", {"last_day": "2027-03-02"}, 200, None),
        ("bich", {"last_day": "2027-03-03"}, 422, "absence-days"),
        ("dung", {"officer": "nobody"}, 403, "absence-of-others"),
    ],
)
async def test_who_notes_which_absence(world: World, person: str, changes: dict[str, str], status: int, code: str | None) -> None:
    answer = await note(world, person, **changes)
    assert (answer.status_code, answer.json().get("code")) == (status, code)
    noted = (await world.http.get("/api/routing/absences", headers=headers_for("dung"))).json()["absences"]
    assert len(noted) == (status == 200)
    if noted:
        assert noted == [{"officer": BICH, "deputy": THAO, "first_day": FIRST, "last_day": LAST} | changes]
        assert (await world.http.get("/api/routing/absences", headers=headers_for("minh"))).json() == {"absences": []}


async def test_an_absence_is_noted_on_the_page_and_shown_until_it_is_over(world: World) -> None:
    browser = Browser(world.http, token_for("dung"))
    page = (await browser.open("/routing/absences")).text
    assert "Không ai vắng mặt" in page
    day = timedelta(days=1)
    today = system_clock().astimezone(CIVIL_TIME).date()
    form = {
        "csrf_token": csrf_token(browser.token, verify(browser.token, PUBLIC_KEY).sid),
        "officer": BICH,
        "deputy": BICH,
        "first_day": str(today),
        "last_day": str(today + day),
    }
    refused = await browser.submit("/routing/absences", form | {"idempotency_key": "absence-0001"})
    assert shows_draft(refused)
    assert "Người thay phải là một chuyên viên khác" in refused.text
    empty = await browser.submit("/routing/absences", form | {"idempotency_key": "absence-0002", "last_day": ""})
    assert shows_draft(empty)
    form |= {"deputy": THAO, "idempotency_key": "absence-0003"}
    noted = await browser.submit("/routing/absences", form)
    assert (noted.status_code, noted.headers["location"]) == (303, "/routing/absences")
    page = (await browser.open("/routing/absences")).text
    assert "Không ai vắng mặt" not in page
    assert f"<td>{people()['bich'].name}</td>" in page
    over = {"first_day": str(today - 2 * day), "last_day": str(today - day), "idempotency_key": "absence-0004"}
    assert (await browser.submit("/routing/absences", form | over)).status_code == 303
    assert "Không ai vắng mặt" in (await browser.open("/routing/absences")).text
