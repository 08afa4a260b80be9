"""What holds a dossier's events up, and every way out of it: listed page by page, tried again, let go, or waited for no more."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

import httpx
import pytest

from messaging.clock import system_clock
from messaging.engine import Engine, Work
from services.reporting.consumers import TABLE
from tests.support.eventually import eventually
from tests.support.reference_data import headers_for
from tests.support.reporting_events import NOW, PublishedEvent
from tests.support.reporting_world import World, get
from tests.support.servers import PostgresServer


@pytest.fixture
async def world(postgres: PostgresServer) -> AsyncIterator[World]:
    async with World.empty(postgres) as made:
        yield made


def of_intake(world: World, number: int) -> list[list[PublishedEvent]]:
    """Of so many dossiers what intake says, in order: at least three facts each."""
    lives: dict[str, list[PublishedEvent]] = {}
    for event in world.fresh(number):
        if event.source == "intake":
            lives.setdefault(event.subject, []).append(event)
    return list(lives.values())


async def post(http: httpx.AsyncClient, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
    return await http.post(f"/api/reporting/dead-letters/{path}", json=body, headers=headers_for("operator", NOW))


async def held(http: httpx.AsyncClient, state: str) -> list[dict[str, Any]]:
    letters: list[dict[str, Any]] = (await get(http, "dead-letters", state=state))["dead_letters"]
    return letters


async def read_unreadable(world: World, events: Sequence[PublishedEvent], value: bytes) -> None:
    """As it would have come from Kafka."""
    begin = int(await world.scalar("SELECT coalesce(max(next), 0) FROM read_offset"))
    records = [replace(event.record(offset), value=value) for offset, event in enumerate(events, begin)]
    await Engine(database=world.database, table=TABLE, clock=system_clock).process(Work(records))


async def test_an_early_one_whose_predecessor_never_comes_is_listed_and_waits_no_more(world: World) -> None:
    ((_, *later),) = of_intake(world, 1)
    await world.read(later)
    async with world.serving() as http:
        first, second, *_ = await held(http, "early")
        assert (first["subject"], first["sequence"]) == (later[0].subject, 2)
        refused = await post(http, f"{second['id']}/skip-to", {"why": "mất"})
        assert (refused.status_code, refused.json()["code"]) == (409, "not-the-first")
        assert (await post(http, f"{first['id']}/skip-to", {"why": " "})).status_code == 422
        assert (await post(http, f"{first['id']}/skip", {"why": "mất"})).status_code == 404
        assert (await post(http, f"{first['id']}/skip-to", {"why": "sự kiện 1 bị mất"})).status_code == 200

        async def applied() -> bool:
            return bool(await world.scalar("SELECT count(*) FROM fact") == len(later)) and not await held(http, "early")

        await eventually(applied)
        assert (await post(http, f"{first['id']}/skip-to", {"why": "lần nữa"})).json()["code"] == "no-early-event"
    row = await world.scalar("SELECT (last, through, why, actor IS NOT NULL)::text FROM passed_over")
    assert row == '(0,1,"sự kiện 1 bị mất",t)'


async def test_all_that_died_of_one_cause_are_tried_again_and_no_others(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chassis.dead_letters._AT_ONCE", 2)
    lives = of_intake(world, 7)
    await read_unreadable(world, [life[0] for life in lives[:5]], b"{}")
    await read_unreadable(world, [life[0] for life in lives[5:]], b"\xff")
    async with world.serving() as http:
        mended = [letter["id"] for letter in await held(http, "dead") if "Field required" in letter["reason"]]
        assert len(mended) == 5
        sizes: list[int] = []
        behind: str | None = None
        while not sizes or behind:
            answer = await post(http, "retry", {"reason": "Field required"} | ({"after": behind} if behind else {}))
            assert answer.status_code == 200, answer.text
            sizes.append(answer.json()["retried"])
            behind = answer.json()["next"]
        assert sizes == [2, 2, 1]

        async def died_again() -> bool:
            return bool(await world.scalar("SELECT count(*) FROM outbox WHERE aggregatetype LIKE '%dead%'") == 7 + 5)

        await eventually(died_again)
        assert len(await held(http, "dead")) == 7
        assert (await post(http, "retry", {"reason": ""})).status_code == 422


async def test_held_events_are_listed_page_by_page(world: World) -> None:
    await read_unreadable(world, [life[0] for life in of_intake(world, 5)], b"{}")
    async with world.serving() as http:
        everything = [letter["id"] for letter in await held(http, "dead")]
        page = await get(http, "dead-letters", limit=2)
        seen = page["dead_letters"]
        while page["next"]:
            page = await get(http, "dead-letters", limit=2, after=page["next"])
            assert len(page["dead_letters"]) <= 2
            seen += page["dead_letters"]
        assert [letter["id"] for letter in seen] == everything == sorted(everything)
        assert len(everything) == 5
        bad = await http.get("/api/reporting/dead-letters?state=lost", headers=headers_for("operator", NOW))
        assert bad.status_code == 422


@pytest.mark.parametrize("state", ["waiting", "newer"])
async def test_one_that_waits_for_what_never_comes_is_let_go(world: World, state: str) -> None:
    (life,) = of_intake(world, 1)
    await read_unreadable(world, life[:1], b"{}")
    await world.read(life[1:])
    async with world.database.begin() as connection:
        await connection.exec_driver_sql(
            f"UPDATE parking_lot SET state = '{state}', waits_topic = 'x', waits_id = 'x', waits_version = 1 WHERE state = 'dead'"  # noqa: S608 -- of the test
        )
    async with world.serving() as http:
        (letter,) = await held(http, state)
        assert letter["behind"] == len(life) - 1
        assert (await post(http, f"{letter['id']}/retry")).status_code == 404
        assert (await post(http, f"{letter['id']}/skip", {"why": "không bao giờ đến"})).status_code == 200

        async def applied() -> bool:
            return bool(await world.scalar("SELECT count(*) FROM fact") == len(life) - 1)

        await eventually(applied)
    assert await world.scalar("SELECT count(*) FROM parking_lot") == 0
    assert await world.scalar("SELECT why FROM skipped") == "không bao giờ đến"
