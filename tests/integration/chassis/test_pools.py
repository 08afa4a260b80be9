"""Each kind of work on its own connections, with its own limits; a locked row takes few of them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from contracts.civil import civil_day
from messaging.connections import COMMANDS, CONSUMERS, JOBS, PAGES, Limits, limit
from tests.support.eventually import eventually
from tests.support.intake_events import NOW, new_dossier
from tests.support.intake_world import Intake, intake_world
from tests.support.reference_data import BIRTH, COMMUNE


@pytest.fixture(scope="module")
async def intake(postgres, tmp_path_factory) -> AsyncIterator[Intake]:
    folder: Path = tmp_path_factory.mktemp("keys")
    async with intake_world(postgres, folder) as world:
        yield world


async def test_each_kind_of_work_has_connections_of_its_own_with_its_limits(intake: Intake) -> None:
    process = intake.app.state.process
    engines = {
        "commands": (process.commands.database, COMMANDS),
        "what routes write": (process.database, COMMANDS),
        "consumers": (process.messaging.database, CONSUMERS),
        "pages": (process.reads, PAGES),
        "jobs": (process.jobs, JOBS),
    }
    sought = text("SELECT name, setting FROM pg_settings WHERE name = ANY(:names)")
    for kind, (engine, limits) in engines.items():
        async with engine.connect() as connection:
            rows = await connection.execute(sought, {"names": list(limits.settings())})
            assert {row.name: row.setting for row in rows} == limits.settings(), kind
    assert len({id(engine.pool) for engine, _ in engines.values()}) == 4


async def test_one_units_locked_counter_keeps_no_other_unit_from_receiving(intake: Intake) -> None:
    """As when a host froze in the middle of a reception at the commune. 503 says to come back, and what comes back is taken in
    once.
    """
    at_commune = new_dossier(unit=COMMUNE, procedure=BIRTH)
    first = await intake.post("/dossiers", at_commune, clerk="tam")
    assert first.status_code == 201, first.text
    lock = text("SELECT 1 FROM code_counter WHERE unit = :unit AND day = :day FOR UPDATE")
    async with intake.database.begin() as frozen:
        await limit(frozen, Limits(statement=0, lock=0, idle=0, transaction=0))
        await frozen.execute(lock, {"unit": COMMUNE, "day": civil_day(NOW)})
        keys = [f"locked-{number}" for number in range(10)]
        waiting = [asyncio.create_task(intake.post("/dossiers", at_commune, clerk="tam", key=key)) for key in keys]
        await eventually(lambda: len(intake.app.state.process.commands._aside), describe="set aside")
        elsewhere = await asyncio.gather(*(intake.post("/dossiers", new_dossier()) for _ in range(10)))
        assert [answer.status_code for answer in elsewhere] == [201] * 10
        assert (await intake.get("/dossiers")).status_code == 200
        assert not any(task.done() for task in waiting)
        locked = "SELECT count(*) AS number FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        assert (await intake.rows(locked))[0].number <= 1
        answers = await asyncio.gather(*waiting)
        assert {(answer.status_code, answer.headers.get("Retry-After")) for answer in answers} == {(503, "5")}
    again = await asyncio.gather(*(intake.post("/dossiers", at_commune, clerk="tam", key=key) for key in keys))
    codes = sorted(answer.json()["code"] for answer in again)
    assert codes == [f"{COMMUNE}-260224-{number:04d}" for number in range(2, 12)]


@pytest.mark.parametrize(
    ("pause", "limits"), [("pg_sleep(60)", "statement_timeout"), ("1", "idle_in_transaction_session_timeout")]
)
async def test_what_lasts_too_long_is_answered_503(intake: Intake, pause: str, limits: str) -> None:
    """Whichever limit it met, the client is told to come back, and not that we are at fault."""
    process = intake.app.state.process

    @intake.app.get(f"/api/intake/{limits}")
    async def slow() -> None:
        async with process.database.connect() as connection:
            await connection.execute(text(f"SET {limits} = 200"))
            pid = await connection.scalar(text("SELECT pg_backend_pid()"))
            await connection.execute(text(f"SELECT {pause}"))
            await eventually(lambda: _gone(intake, pid), describe="cut off")
            await connection.execute(text("SELECT 1"))

    answer = await intake.http.get(f"/api/intake/{limits}")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5"), answer.text


async def _gone(intake: Intake, pid: int) -> bool:
    return not await intake.rows("SELECT 1 FROM pg_stat_activity WHERE pid = :pid", pid=pid)
