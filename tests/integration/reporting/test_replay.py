"""Everything is rebuilt from Kafka beside what serves: same figures, nothing lost of what comes meanwhile, and a replay that is
killed leaves what serves as it was.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from chassis.migration import differences
from contracts.directory import UnitV1
from contracts.envelope import Attributes
from contracts.topics import UNITS
from contracts.values import GuidanceKind
from deploy.local.ports import free_ports
from services.reporting.background.rebuild import Rebuild
from services.reporting.consumers import TABLE
from services.reporting.domain.figures import Measure
from services.reporting.domain.replay import Superseded
from services.reporting.repository import replay as replays
from services.reporting.repository import shadow
from services.reporting.repository.kept_waiting import KEPT_VIEW
from tests.support.embedded import EmbeddedServers, start_servers
from tests.support.eventually import eventually
from tests.support.reference_data import ROOT_KEYS, entities, headers_for
from tests.support.reporting_events import NOW, guided
from tests.support.reporting_world import DEAD, KafkaWorld, get
from tests.support.servers import as_postgres_server

YEAR = {"start": date(2025, 12, 15), "end": date(2026, 12, 15)}
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def broker() -> Iterator[EmbeddedServers]:
    """Of its own: a replay reads all that its topics hold, whoever wrote it."""
    own = start_servers()
    yield own
    own.close()


@pytest.fixture(scope="module")
async def world(broker: EmbeddedServers) -> AsyncIterator[KafkaWorld]:
    async with KafkaWorld.on(as_postgres_server(broker), broker.bootstrap) as world:
        yield world


WAITING = f"SELECT string_agg(concat(key, '=', value), ' ' ORDER BY key) FROM ({KEPT_VIEW}) AS kept"  # noqa: S608 -- our own words


async def answers(http: httpx.AsyncClient) -> dict[str, Any]:
    """All that reporting says: figures by everything, lists, turns."""
    said = {by: await get(http, "figures", by=by, **YEAR) for by in ("unit", "field", "channel", "competent")}
    said["as of"] = await get(http, "figures", as_of="2026-02-01T09:00:00+07:00", **YEAR)
    said["late"] = await get(http, "dossiers", measure=Measure.LATE, limit=500, **YEAR)
    said["turns"] = await get(http, "guidance", **YEAR)
    return said


async def replay(http: httpx.AsyncClient) -> dict[str, Any]:
    """Ask for one, and wait for its end."""
    answer = await http.post("/api/reporting/replay", headers=headers_for("operator", NOW))
    assert answer.status_code == 202, answer.text
    return await ended(http, answer.json()["id"])


async def ended(http: httpx.AsyncClient, ident: int) -> dict[str, Any]:
    async def over() -> dict[str, Any] | None:
        progress: dict[str, Any] = await get(http, "replay")
        return progress if progress["id"] == ident and progress["state"] != "running" else None

    return await eventually(over, describe="the end of the replay")


async def test_the_figures_are_the_same_before_and_after(world):
    await world.send(world.fresh(120))
    await world.send(guided(number, GuidanceKind.CALL_IN, NOW) for number in range(20))
    async with world.serving() as http:
        await world.applied()
        before, waiting = await answers(http), await world.scalar(WAITING)
        old = await world.scalar("SELECT 'fact'::regclass::oid")
        # What stands there by mistake is gone: it was in no fact.
        async with world.database.begin() as connection:
            await connection.execute(text("DELETE FROM fact WHERE sequence = 2"))
            await connection.execute(text("UPDATE dossier SET decided_on = NULL, decided_at = NULL"))
            await connection.execute(text("UPDATE tally SET undecided = undecided + 1"))
        assert await answers(http) != before
        assert await world.scalar(WAITING) != waiting
        done = await replay(http)
        assert (done["state"], done["problem"], done["attempt"]) == ("done", None, 1)
        assert done["read"] == done["of"] >= world.facts
        assert await answers(http) == before
        assert await world.scalar(WAITING) == waiting is not None
        assert await world.scalar("SELECT 'fact'::regclass::oid") != old
        assert await world.scalar("SELECT count(*) FROM pg_namespace WHERE nspname IN ('shadow', 'replaced')") == 0
        # The live consumers go on where they were.
        await world.send(world.fresh(10))
        await world.applied()
        again = await replay(http)
        assert again["state"] == "done"
        assert await world.scalar("SELECT count(*) FROM fact") == world.facts
    assert await asyncio.to_thread(differences, world.url, "reporting") == []


async def test_what_comes_during_a_replay_is_neither_lost_nor_doubled(world):
    await world.send(world.fresh(300))
    async with world.serving() as http:
        await world.applied()
        before = world.facts

        over = asyncio.Event()

        async def keep_sending() -> None:
            while not over.is_set():
                await world.send(world.fresh(1))

        sending = asyncio.create_task(keep_sending())
        done = await replay(http)
        over.set()
        await sending
        assert done["state"] == "done"
        assert world.facts > before
        await world.applied()
        after = await answers(http)
        assert (await replay(http))["state"] == "done"
        assert await answers(http) == after
    known = "(SELECT max(sequence) FROM fact f WHERE (f.source, f.subject) = (p.source, p.subject))"
    behind = await world.scalar(f"SELECT count(*) FROM inbox p WHERE last IS DISTINCT FROM {known} AND subject <> '{DEAD}'")  # noqa: S608
    assert behind == 0


async def test_one_at_a_time_and_once_by_its_key(world):
    async with world.serving() as http, world.database.connect() as elsewhere:
        assert await shadow.try_replay_lock(elsewhere)  # another process has the lock: nothing can be over meanwhile
        headers = headers_for("operator", NOW)
        first = await http.post("/api/reporting/replay", headers=headers)
        same = await http.post("/api/reporting/replay", headers=headers)
        assert (first.status_code, same.status_code) == (202, 202)
        assert first.json() == same.json()
        other = await http.post("/api/reporting/replay", headers=headers_for("operator", NOW))
        assert (other.status_code, other.json()["code"]) == (409, "replay-under-way")
        assert (await get(http, "replay"))["attempt"] == 0
        await shadow.release_replay_lock(elsewhere)
        await elsewhere.commit()
        assert (await ended(http, first.json()["id"]))["state"] == "done"


async def test_a_superseded_attempt_does_not_swap(world):
    """Its connection was lost and with it the lock; another process has taken the replay up since."""
    async with world.database.begin() as connection:
        following = (await replays.REPLAYS.load(connection, [replays.NEXT]))[replays.NEXT]
        ident = following.number
        await replays.REPLAYS.save(connection, [replace(following, requested_by="operator", requested_at=NOW)])
        first = await replays.begin_attempt(connection, ident)
        second = await replays.begin_attempt(connection, ident)
    assert first
    assert second
    live, shadowed = shadow.make_live_engine(world.database), shadow.make_shadow_engine(world.database)
    old = await world.scalar("SELECT 'fact'::regclass::oid")
    late = Rebuild(
        attempt=first,
        live_engine=live,
        shadow_engine=shadowed,
        table=TABLE,
        kafka=world.kafka,
        clock=lambda: NOW,
        batch_records=1000,
        stopping=asyncio.Event(),
    )
    with pytest.raises(Superseded):
        await late.run()
    assert await world.scalar("SELECT 'fact'::regclass::oid") == old
    async with world.database.begin() as connection:
        await replays.finish(connection, second, NOW, error="only a test")
    await shadowed.dispose()
    await live.dispose()


async def test_what_an_operator_skipped_stays_skipped(world):
    """Three events of one dossier in a row, each of which dies once the one before it is let go; and then a good one."""
    for sequence in (1, 2, 3):
        await world.send_dead(sequence, b"\xff\xfe")
    good = world.fresh(1)[0]
    await world.send_dead(4, good.event.model_dump_json(exclude_none=True).encode())
    async with world.serving() as http:
        await _dead_letter(http, 1)
        assert (await replay(http))["state"] == "done"
        for sequence in (1, 2, 3):
            letter = await _dead_letter(http, sequence)
            skip = f"/api/reporting/dead-letters/{letter['id']}/skip"
            answer = await http.post(skip, json={"why": "không đọc được"}, headers=headers_for("operator", NOW))
            assert answer.status_code == 200, answer.text
        world.facts += 1
        await world.applied()
        await eventually(lambda: world.published_dead_letters(3))
        assert (await replay(http))["state"] == "done"
        assert await world.scalar(f"SELECT last FROM inbox WHERE subject = '{DEAD}'") == 4  # noqa: S608
        assert await world.scalar("SELECT count(*) FROM parking_lot") == 0
        assert await world.scalar("SELECT count(*) FROM skipped") == 3
        # Each was published once, when it died; the replays neither publish nor queue it again.
        assert await world.scalar("SELECT count(*) FROM outbox") == 0
        assert await world.published_dead_letters(3)


async def test_what_an_operator_waits_for_no_more_is_not_waited_for_by_a_replay(world):
    lost, *later = [event for event in world.fresh(1) if event.source == "intake"]
    await world.send(later)
    async with world.serving() as http:

        async def early() -> list[dict[str, Any]]:
            letters: list[dict[str, Any]] = (await get(http, "dead-letters", state="early"))["dead_letters"]
            return [letter for letter in letters if letter["subject"] == lost.subject]

        letter = (await eventually(early))[0]
        skip_to = f"/api/reporting/dead-letters/{letter['id']}/skip-to"
        answer = await http.post(skip_to, json={"why": "mất ở nơi gửi"}, headers=headers_for("operator", NOW))
        assert answer.status_code == 200, answer.text
        await world.applied()
        assert (await replay(http))["state"] == "done"
        await world.applied()
        assert await world.scalar("SELECT count(*) FROM parking_lot") == 0


async def _dead_letter(http: httpx.AsyncClient, sequence: int) -> dict[str, Any]:
    """The only one, once it is the event of that number."""

    async def only() -> dict[str, Any]:
        answer = await http.get("/api/reporting/dead-letters", headers=headers_for("operator", NOW))
        letters: list[dict[str, Any]] = answer.json()["dead_letters"]
        assert [(letter["subject"], letter["sequence"]) for letter in letters] == [(DEAD, sequence)]
        return letters[0]

    return await eventually(only)


async def test_no_live_batch_is_written_while_the_tables_are_swapped(world):
    async with world.serving() as http:
        await world.applied()
        async with world.database.connect() as swapping:
            await shadow.exclusive_swap_lock(swapping)
            before = await world.scalar("SELECT count(*) FROM fact")
            await world.send(world.fresh(1))
            waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock' AND NOT granted"
            await eventually(lambda: world.scalar(waiting))
            assert await world.scalar("SELECT count(*) FROM fact") == before < world.facts
            assert (await get(http, "figures", **YEAR))["total"]["total"] > 0  # readers go on
            await swapping.rollback()
        await world.applied()


async def test_a_newer_name_that_comes_during_a_replay_is_not_lost(world):
    async with world.serving() as http:
        unit = next(entity for entity in entities() if isinstance(entity, UnitV1))
        renamed = unit.model_copy(update={"name": "Trung tâm mới"})
        headers = Attributes(id="renamed", source="directory", type=UnitV1.TYPE, subject=unit.id, time=NOW, sequence=9).headers()
        requested = asyncio.create_task(replay(http))
        await world.producer.send_and_wait(UNITS.base, renamed.model_dump_json().encode(), unit.id.encode(), headers=headers)
        assert (await requested)["state"] == "done"

        async def named() -> bool:
            return any(row["name"] == "Trung tâm mới" for row in (await get(http, "figures", **YEAR))["rows"])

        await eventually(named)


def _written(log: Path) -> str:
    return log.read_text()


@contextmanager
def a_process(world: KafkaWorld, port: int, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A reporting process of its own, to be killed."""
    environment = os.environ | {
        "MOTCUA_DATABASE_REPORTING": world.url,
        "MOTCUA_KAFKA": world.kafka,
        "MOTCUA_HTTP_PORT": str(port),
        "MOTCUA_CLOCK": NOW.isoformat(),
        "MOTCUA_ROOT_KEYS": ROOT_KEYS,
        "MOTCUA_BATCH_RECORDS": "50",
    }
    command = [sys.executable, "-m", "services.reporting.main"]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def ready(http: httpx.AsyncClient, process: "subprocess.Popen[bytes]", log: Path) -> None:
    async def answers_well() -> bool:
        if process.poll() is not None:
            pytest.fail(_written(log))
        try:
            return (await http.get("/api/reporting/health/consuming")).status_code == 200
        except httpx.TransportError:
            return False

    await eventually(answers_well, describe=lambda: _written(log))


async def test_killed_in_the_middle_nothing_is_touched_and_the_next_starts_over(world, tmp_path):
    await world.send(world.fresh(300))
    port, log = free_ports(1)[0], tmp_path / "log"
    with a_process(world, port, log) as process:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
            await ready(http, process, log)
            await world.applied()
            before = await answers(http)
            old = await world.scalar("SELECT 'fact'::regclass::oid")
            answer = await http.post("/api/reporting/replay", headers=headers_for("operator", NOW))
            assert answer.status_code == 202

            async def in_the_middle() -> bool:
                progress = await get(http, "replay")
                assert progress["state"] == "running", "over before it could be killed"
                return bool(0 < progress["read"] < progress["of"])

            await eventually(in_the_middle)
            process.kill()
            process.wait()
    assert await world.scalar("SELECT 'fact'::regclass::oid") == old
    assert await world.scalar("SELECT count(*) FROM fact") == world.facts
    assert 0 < await world.scalar("SELECT count(*) FROM shadow.fact") < world.facts
    async with world.serving() as http:
        done = await ended(http, answer.json()["id"])
        assert (done["state"], done["attempt"]) == ("done", 2)
        assert json.dumps(await answers(http)) == json.dumps(before)
    assert await world.scalar("SELECT 'fact'::regclass::oid") != old
