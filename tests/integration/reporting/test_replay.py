"""Everything is rebuilt from Kafka beside what serves: same figures, nothing lost of what comes meanwhile, and a replay that is
killed leaves what serves as it was.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaProducer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.migration import differences
from contracts.directory import UnitV1
from contracts.envelope import Attributes
from contracts.topics import DOSSIERS, KEYS, STAFF, UNITS
from contracts.values import GuidanceKind, Lane
from deploy.local.ports import free_ports
from messaging.topic_creation import create_topics
from services.reporting.consumers import TABLE
from services.reporting.domain.figures import Measure
from services.reporting.replay import requests, shadow
from services.reporting.replay.rebuild import Rebuild
from tests.support.embedded import EmbeddedServers, start_servers
from tests.support.eventually import eventually
from tests.support.reference_data import LONG_AGO, entities, entity_id, headers_for, key, operator
from tests.support.reporting_world import NOW, Told, ask, client, guided, lives, reporting_database, running
from tests.support.servers import as_postgres_server

YEAR = {"start": date(2025, 12, 15), "end": date(2026, 12, 15)}
ROOT = Path(__file__).parents[2]
DEAD = "d-dead"


@dataclass
class World:
    """Kafka with directory's entities on their topics, and one database. `facts`: so many have been sent."""

    kafka: str
    url: str
    database: AsyncEngine
    producer: AIOKafkaProducer
    facts: int = 0
    dossiers: int = 0

    def fresh(self, count: int) -> list[Told]:
        """The lives of dossiers that nobody has told of yet."""
        first, self.dossiers = self.dossiers + 1, self.dossiers + count
        return [one for life in lives(count, first=first) for one in life.told()]

    async def send(self, told: Iterable[Told]) -> None:
        for one in told:
            record = one.record()
            await self.producer.send(record.topic, record.value, record.key, headers=record.headers)
            self.facts += 1
        await self.producer.flush()

    async def send_entities(self) -> None:
        for entity in (*entities(), operator(), key()):
            if entity.TOPIC in (UNITS, STAFF, KEYS):
                subject = entity_id(entity)
                headers = Attributes(subject, "directory", entity.TYPE, subject, LONG_AGO, 1).headers()
                value = entity.model_dump_json(exclude_none=True).encode()
                await self.producer.send(entity.TOPIC.base, value, subject.encode(), headers=headers)
        await self.producer.flush()

    async def send_dead(self, sequence: int, value: bytes) -> None:
        """What nobody can read, and then what waits behind it."""
        kind = "vn.motcua.intake.dossier.submitted.v1"
        headers = Attributes(f"dead-{sequence}", "intake", kind, DEAD, NOW, sequence).headers()
        await self.producer.send_and_wait(DOSSIERS.name(Lane.POST), value, DEAD.encode(), headers=headers)

    async def value(self, query: str) -> Any:
        async with self.database.connect() as connection:
            return await connection.scalar(text(query))

    async def applied(self) -> None:
        """Each fact sent is in the history, once."""

        async def there() -> bool:
            return bool(await self.value("SELECT count(*) FROM fact") == self.facts)

        await eventually(there, within=60, describe=f"{self.facts} facts")


@pytest.fixture(scope="module")
def broker() -> Iterator[EmbeddedServers]:
    """Of its own: a replay reads all that its topics hold, whoever wrote it."""
    own = start_servers()
    yield own
    own.close()


@pytest.fixture(scope="module")
async def world(broker: EmbeddedServers) -> AsyncIterator[World]:
    url = await as_postgres_server(broker).create_database("reporting")
    database = await reporting_database(url)
    await create_topics(broker.bootstrap, TABLE.reads)
    producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap, linger_ms=5)
    await producer.start()
    world = World(broker.bootstrap, url, database, producer)
    await world.send_entities()
    yield world
    await producer.stop()
    await database.dispose()


async def answers(http: httpx.AsyncClient) -> dict[str, Any]:
    """All that reporting says: figures by everything, lists, turns."""
    found = {by: await ask(http, "figures", by=by, **YEAR) for by in ("unit", "field", "channel", "competent")}
    found["as of"] = await ask(http, "figures", as_of="2026-02-01T09:00:00+07:00", **YEAR)
    found["late"] = await ask(http, "dossiers", measure=Measure.LATE, limit=500, **YEAR)
    found["turns"] = await ask(http, "guidance", **YEAR)
    return found


async def replay(http: httpx.AsyncClient) -> dict[str, Any]:
    """Ask for one, and wait for its end."""
    answer = await http.post("/api/reporting/replay", headers=headers_for("operator", NOW))
    assert answer.status_code == 202, answer.text
    return await ended(http, answer.json()["id"])


async def ended(http: httpx.AsyncClient, ident: int) -> dict[str, Any]:
    async def over() -> dict[str, Any] | None:
        found: dict[str, Any] = await ask(http, "replay")
        return found if found["id"] == ident and found["state"] != "running" else None

    return await eventually(over, within=90, describe="the end of the replay")


@asynccontextmanager
async def serving(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with running(world.url, world.kafka) as app, client(app) as http:
        yield http


async def test_the_figures_are_the_same_before_and_after(world):
    await world.send(world.fresh(120))
    await world.send(guided(n, GuidanceKind.CALL_IN, NOW) for n in range(20))
    async with serving(world) as http:
        await world.applied()
        before = await answers(http)
        old = await world.value("SELECT 'fact'::regclass::oid")
        # What stands there by mistake is gone: it was in no fact.
        async with world.database.begin() as connection:
            await connection.execute(text("DELETE FROM fact WHERE sequence = 2"))
            await connection.execute(text("UPDATE dossier SET decided_on = NULL, decided_at = NULL"))
        assert await answers(http) != before
        done = await replay(http)
        assert (done["state"], done["problem"], done["attempt"]) == ("done", None, 1)
        assert done["read"] == done["of"] >= world.facts
        assert await answers(http) == before
        assert await world.value("SELECT 'fact'::regclass::oid") != old
        assert await world.value("SELECT count(*) FROM pg_namespace WHERE nspname IN ('shadow', 'replaced')") == 0
        # The live consumers go on where they were.
        await world.send(world.fresh(10))
        await world.applied()
        again = await replay(http)
        assert again["state"] == "done"
        assert await world.value("SELECT count(*) FROM fact") == world.facts
    assert await asyncio.to_thread(_tables, world.url)


def _tables(url: str) -> bool:
    return differences(url, "reporting") == []


async def test_what_comes_during_a_replay_is_neither_lost_nor_doubled(world):
    await world.send(world.fresh(300))
    async with serving(world) as http:
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
    behind = await world.value(f"SELECT count(*) FROM inbox p WHERE last IS DISTINCT FROM {known} AND subject <> '{DEAD}'")  # noqa: S608
    assert behind == 0


async def test_one_at_a_time_and_once_by_its_key(world):
    async with serving(world) as http, world.database.connect() as elsewhere:
        assert await shadow.work_alone(elsewhere)  # another process has the lock: nothing can be over meanwhile
        headers = headers_for("operator", NOW)
        first = await http.post("/api/reporting/replay", headers=headers)
        same = await http.post("/api/reporting/replay", headers=headers)
        assert (first.status_code, same.status_code) == (202, 202)
        assert first.json() == same.json()
        other = await http.post("/api/reporting/replay", headers=headers_for("operator", NOW))
        assert (other.status_code, other.json()["code"]) == (409, "replay-under-way")
        assert (await ask(http, "replay"))["attempt"] == 0
        await shadow.leave(elsewhere)
        await elsewhere.commit()
        assert (await ended(http, first.json()["id"]))["state"] == "done"


async def test_who_was_overtaken_does_not_swap(world):
    """Its connection was lost and with it the lock; another process has taken the replay up since."""
    async with world.database.begin() as connection:
        ident = await requests.ask(connection, "operator", NOW)
        first = await requests.take_up(connection, ident)
        second = await requests.take_up(connection, ident)
    assert first
    assert second
    own, beside = shadow.own_engine(world.database), shadow.shadow_engine(world.database)
    old = await world.value("SELECT 'fact'::regclass::oid")
    late = Rebuild(first, own, beside, TABLE, world.kafka, lambda: NOW, 1000, asyncio.Event())
    with pytest.raises(requests.Overtaken):
        await late.run()
    assert await world.value("SELECT 'fact'::regclass::oid") == old
    async with world.database.begin() as connection:
        await requests.end(connection, second, NOW, error="only a test")
    await beside.dispose()
    await own.dispose()


async def test_what_an_operator_let_go_stays_let_go(world):
    await world.send_dead(1, b"\xff\xfe")
    good = world.fresh(1)[0]
    await world.send_dead(2, good.event.model_dump_json(exclude_none=True).encode())
    async with serving(world) as http:

        async def letters() -> list[dict[str, Any]]:
            answer = await http.get("/api/reporting/dead-letters", headers=headers_for("operator", NOW))
            return list(answer.json()["dead_letters"])

        (letter,) = await eventually(letters)
        assert (await replay(http))["state"] == "done"
        (letter,) = await letters()
        assert letter["subject"] == DEAD
        skip = f"/api/reporting/dead-letters/{letter['id']}/skip"
        answer = await http.post(skip, json={"why": "không đọc được"}, headers=headers_for("operator", NOW))
        assert answer.status_code == 200, answer.text
        world.facts += 1
        await world.applied()
        assert (await replay(http))["state"] == "done"
        assert await letters() == []
        assert await world.value(f"SELECT last FROM inbox WHERE subject = '{DEAD}'") == 2  # noqa: S608
        assert await world.value("SELECT count(*) FROM parking_lot") == 0
        told = await world.value("SELECT count(*) FROM skipped")
    assert told == 1
    # Told to the world once, when it died; not again by each replay.
    assert await world.value("SELECT count(*) FROM outbox") <= 1


async def test_a_newer_name_that_comes_during_a_replay_is_not_lost(world):
    async with serving(world) as http:
        unit = next(one for one in entities() if isinstance(one, UnitV1))
        renamed = unit.model_copy(update={"name": "Trung tâm mới"})
        headers = Attributes("renamed", "directory", UnitV1.TYPE, unit.id, NOW, 9).headers()
        asked = asyncio.create_task(replay(http))
        await world.producer.send_and_wait(UNITS.base, renamed.model_dump_json().encode(), unit.id.encode(), headers=headers)
        assert (await asked)["state"] == "done"

        async def named() -> bool:
            return any(row["name"] == "Trung tâm mới" for row in (await ask(http, "figures", **YEAR))["rows"])

        await eventually(named)


def _written(log: Path) -> str:
    return log.read_text()


@contextmanager
def a_process(world: World, port: int, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A reporting process of its own, to be killed."""
    environment = os.environ | {
        "MOTCUA_DATABASE_REPORTING": world.url,
        "MOTCUA_KAFKA": world.kafka,
        "MOTCUA_HTTP_PORT": str(port),
        "MOTCUA_CLOCK": NOW.isoformat(),
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
            return (await http.get("/api/reporting/health/ready")).status_code == 200
        except httpx.TransportError:
            return False

    await eventually(answers_well, within=60, describe=lambda: _written(log))


async def test_killed_in_the_middle_nothing_is_touched_and_the_next_starts_over(world, tmp_path):
    await world.send(world.fresh(300))
    port, log = free_ports(1)[0], tmp_path / "log"
    with a_process(world, port, log) as process:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
            await ready(http, process, log)
            await world.applied()
            before = await answers(http)
            old = await world.value("SELECT 'fact'::regclass::oid")
            answer = await http.post("/api/reporting/replay", headers=headers_for("operator", NOW))
            assert answer.status_code == 202

            async def in_the_middle() -> bool:
                found = await ask(http, "replay")
                assert found["state"] == "running", "over before it could be killed"
                return bool(0 < found["read"] < found["of"])

            await eventually(in_the_middle)
            process.kill()
            process.wait()
    assert await world.value("SELECT 'fact'::regclass::oid") == old
    assert await world.value("SELECT count(*) FROM fact") == world.facts
    assert 0 < await world.value("SELECT count(*) FROM shadow.fact") < world.facts
    async with serving(world) as http:
        done = await ended(http, answer.json()["id"])
        assert (done["state"], done["attempt"]) == ("done", 2)
        assert json.dumps(await answers(http)) == json.dumps(before)
    assert await world.value("SELECT 'fact'::regclass::oid") != old
