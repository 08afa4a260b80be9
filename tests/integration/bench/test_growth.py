"""The statements that copy dossiers name tables and columns of the services as they are today."""

import random
from datetime import date
from importlib import import_module
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from bench.growth.copies import Original, copies
from bench.growth.people import COPY, sealed
from bench.growth.rows import TABLES
from bench.growth.writing import load_rows, write
from services.intake.adapters.keys import keys_of
from tests.support.intake_events import write_keys
from tests.support.intake_world import settings
from tests.support.servers import PostgresServer

ORIGINALS = [
    Original(id=f"d-{finished}", day=date(2026, 11, 26), unit="000.00.21.H99", width=4, finished=finished)
    for finished in (True, False)
]


@pytest.mark.parametrize("service", TABLES)
async def test_every_table_is_copied_and_has_its_indexes_again(postgres: PostgresServer, service: str, tmp_path: Path) -> None:
    url = await postgres.create_database(service)
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(import_module(f"services.{service}.tables").METADATA.create_all)
    await engine.dispose()
    made = sorted(copies(ORIGINALS, 20, random.Random(1)), key=lambda copy: copy.id)
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as database:
        before = database.execute("SELECT indexname, indexdef FROM pg_indexes ORDER BY 1").fetchall()
        write(database, service, made, [("m-1", "d-True")])
        if service == "intake":
            load_rows(database, "person", COPY, sealed(keys_of(settings(write_keys(tmp_path))), made, random.Random(1)))
            assert database.execute("SELECT count(*), count(DISTINCT name_index) > 1 FROM person").fetchone() == (20, True)
        assert database.execute("SELECT indexname, indexdef FROM pg_indexes ORDER BY 1").fetchall() == before
