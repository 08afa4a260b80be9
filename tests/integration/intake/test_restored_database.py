"""Intake's database is restored from a backup: codes that citizens have in hand are given to nobody else."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from chassis.publisher import raise_service
from messaging import published_offsets
from messaging.connections import make_engine
from messaging.publisher_comparison import compare
from messaging.topic_creation import create_topics
from services.intake.consumers import TABLE
from services.intake.settings import IntakeSettings
from tests.support.embedded import EmbeddedServers, start_servers
from tests.support.eventually import eventually
from tests.support.intake_events import new_dossier
from tests.support.intake_world import Intake, client, intake_database, running, settings, write_keys
from tests.support.servers import PostgresServer


async def drained(url: str) -> None:
    """All that was written is in Kafka."""
    database = make_engine(url, pool_size=1)

    async def empty() -> bool:
        async with database.connect() as connection:
            return not (await connection.exec_driver_sql("SELECT 1 FROM outbox LIMIT 1")).all()

    await eventually(empty)
    await database.dispose()


async def received(url: str, given: IntakeSettings, number: int) -> list[str]:
    """The codes of so many dossiers, published."""
    database = make_engine(url, pool_size=2)
    async with running(url, given) as app, client(app) as http:
        intake = Intake(database=database, http=http, settings=given, keys={}, app=app)
        codes = [(await intake.receive())["code"] for _ in range(number)]
        await drained(url)
    await database.dispose()
    return codes


@pytest.fixture(scope="module")
def apart() -> Iterator[EmbeddedServers]:
    """A Kafka that has nothing of any other intake."""
    own = start_servers()
    yield own
    own.close()


@pytest.fixture
async def given(apart: EmbeddedServers, tmp_path: Path) -> IntakeSettings:
    await create_topics(apart.bootstrap, [*TABLE.publishes.topics, *TABLE.reads])
    return settings(write_keys(tmp_path), kafka=apart.bootstrap)


async def test_codes_given_after_the_backup_are_given_to_nobody_else(postgres: PostgresServer, given: IntakeSettings) -> None:
    url = await postgres.create_database("intake")
    database = await intake_database(url)
    await database.dispose()
    codes = await received(url, given, 2)
    backup = await postgres.restored(url)
    codes += await received(url, given, 3)
    database = make_engine(backup, pool_size=2)
    async with running(backup, given) as app, client(app) as http:
        intake = Intake(database=database, http=http, settings=given, keys={}, app=app)
        refused = await intake.post("/dossiers", new_dossier())
        assert refused.status_code == 503, refused.text
        assert refused.headers["retry-after"]
        assert refused.json()["code"] == "publisher-behind"
        assert "trùng mã" in refused.json()["vi"]
        assert "no code is given twice" in refused.json()["en"]
        assert (await intake.get("/dossiers")).status_code == 200
        assert (await http.get("/api/intake/health/ready")).status_code == 200

        async def said() -> bool:
            answer: httpx.Response = await http.get("/api/intake/health/consuming")
            return answer.status_code == 503 and "motcua publisher raise" in answer.text

        await eventually(said)
        raised = await raise_service("intake", backup, given.kafka)
        assert raised.counters == 1
        assert len([name for name in raised.absent if name.startswith("intake.dossiers/")]) == 3

        async def taken_in() -> bool:
            answer = await intake.post("/dossiers", new_dossier())
            if answer.status_code == 201:
                codes.append(answer.json()["code"])
            return len(codes) == 8

        await eventually(taken_in)
        await drained(backup)
    await database.dispose()
    assert [int(code.rpartition("-")[2]) for code in codes] == [*range(1, 9)]


async def test_a_contact_is_known_by_its_version_when_its_row_is_gone(postgres: PostgresServer, given: IntakeSettings) -> None:
    """As when a release that kept no offsets sent it: states are not among the sent rows."""
    url = await postgres.create_database("intake")
    database = await intake_database(url)
    begun = (await compare(given.kafka, database, TABLE.publishes)).fresh
    async with database.begin() as connection:
        await published_offsets.begin(connection, begun)
    await received(url, given, 1)
    async with database.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM published_offset WHERE topic LIKE 'intake.contacts.%%'")
        await published_offsets.begin(connection, begun)
    assert (await compare(given.kafka, database, TABLE.publishes)).unknown is None
    async with database.begin() as connection:
        await connection.exec_driver_sql("UPDATE dossier SET contact_version = NULL")
    unknown = (await compare(given.kafka, database, TABLE.publishes)).unknown
    await database.dispose()
    assert unknown is not None
    assert unknown.record.topic.startswith("intake.contacts.")
