"""Copies from memory are what SQL says, in every process: at once in a transaction, after roll-backs, restores and by hand."""

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contracts.directory import UnitV1
from contracts.intake import ContactV1
from messaging import copies
from tests.support.copies_world import plainly, processes, publish, state, statements
from tests.support.reference_data import COMMUNE, DISTRICT, entities, key
from tests.support.servers import PostgresServer

UNITS = [entity for entity in entities() if isinstance(entity, UnitV1)]
BY_ID = {unit.id: unit for unit in UNITS}
IDS = [DISTRICT, COMMUNE]


@pytest.fixture
async def engines(postgres: PostgresServer) -> AsyncIterator[Sequence[AsyncEngine]]:
    async with processes(postgres) as both:
        yield both


def renamed(identifier: str, name: str) -> UnitV1:
    return BY_ID[identifier].model_copy(update={"name": name})


async def name_in(database: AsyncEngine, identifier: str = DISTRICT) -> str | None:
    async with database.connect() as connection:
        unit = await copies.one(connection, UnitV1, identifier)
    return unit and unit.name


async def test_what_one_process_applies_another_reads_at_once(engines: Sequence[AsyncEngine]) -> None:
    writer, reader = engines
    for version in range(1, 4):
        await publish(writer, version, renamed(DISTRICT, f"name {version}"))
        assert await name_in(reader) == f"name {version}"
    await publish(writer, 2, renamed(DISTRICT, "old news"))
    assert await name_in(reader) == "name 3"


async def test_an_entity_is_parsed_once_and_known_with_one_small_statement(engines: Sequence[AsyncEngine]) -> None:
    writer, reader = engines
    await publish(writer, 1, *UNITS)
    async with reader.connect() as connection:
        first = await copies.many(connection, UnitV1, IDS)
    with statements(reader) as sent:
        async with reader.connect() as connection:
            again = await copies.many(connection, UnitV1, IDS)
            assert await copies.versions(connection, UnitV1, IDS) == dict.fromkeys(IDS, 1)
    assert all(again[identifier] is first[identifier] for identifier in IDS)
    assert sent == ["SELECT topic, revision FROM state_revision"]
    await publish(writer, 2, renamed(COMMUNE, "another"))
    with statements(reader) as sent:
        async with reader.connect() as connection:
            changed = await copies.many(connection, UnitV1, IDS)
    assert (changed[DISTRICT] is first[DISTRICT], changed[COMMUNE].name) == (True, "another")
    assert len(sent) == 2


async def test_who_is_unknown_is_remembered_as_unknown_until_it_comes(engines: Sequence[AsyncEngine]) -> None:
    writer, reader = engines
    await publish(writer, 1, BY_ID[COMMUNE])
    assert await name_in(reader) is None
    with statements(reader) as sent:
        assert await name_in(reader) is None
    assert len(sent) == 1
    await publish(writer, 1, BY_ID[DISTRICT])
    assert await name_in(reader) == BY_ID[DISTRICT].name


async def test_a_forgotten_entity_is_gone_and_its_version_stays(engines: Sequence[AsyncEngine]) -> None:
    writer, reader = engines
    await publish(writer, 1, *UNITS)
    assert await name_in(reader) is not None
    async with writer.begin() as connection:
        await copies.apply(connection, [state(UnitV1, DISTRICT, 2, None)])
    assert await name_in(reader) is None
    async with reader.connect() as connection:
        assert await copies.versions(connection, UnitV1, [DISTRICT, "nobody"]) == {DISTRICT: 2}
        assert await copies.everything(connection, UnitV1) == {unit.id: unit for unit in UNITS if unit.id != DISTRICT}
        assert await copies.many(connection, UnitV1, []) == {}


async def test_a_batch_reads_what_it_has_applied_and_nobody_keeps_it_if_it_fails(engines: Sequence[AsyncEngine]) -> None:
    writer, reader = engines
    await publish(writer, 1, BY_ID[DISTRICT])
    for database in engines:
        assert await name_in(database) == BY_ID[DISTRICT].name
    async with writer.connect() as connection:
        assert await copies.one(connection, UnitV1, DISTRICT) == BY_ID[DISTRICT]
        await copies.apply(connection, [state(UnitV1, DISTRICT, 2, renamed(DISTRICT, "mine"))])
        assert (await copies.one(connection, UnitV1, DISTRICT)) == renamed(DISTRICT, "mine")
        assert await name_in(reader) == await name_in(writer) == BY_ID[DISTRICT].name
        async with connection.begin_nested() as savepoint:
            await copies.apply(connection, [state(UnitV1, DISTRICT, 3, renamed(DISTRICT, "not even mine"))])
            assert (await copies.one(connection, UnitV1, DISTRICT)) == renamed(DISTRICT, "not even mine")
            await savepoint.rollback()
        assert (await copies.one(connection, UnitV1, DISTRICT)) == renamed(DISTRICT, "mine")
        await connection.rollback()
    for database in engines:
        assert await name_in(database) == BY_ID[DISTRICT].name


async def test_only_a_change_gives_the_topic_a_revision_and_only_one_without_lanes(engines: Sequence[AsyncEngine]) -> None:
    async def revisions() -> dict[str, Any]:
        async with engines[0].connect() as connection:
            rows = await connection.execute(text("SELECT topic, revision FROM state_revision"))
            return {row.topic: row.revision for row in rows}

    contact = ContactV1(name="Nguyễn Thị An", language="vi")
    async with engines[0].begin() as connection:
        await copies.apply(connection, [state(ContactV1, "d-1", 1, contact), state(UnitV1, DISTRICT, 1, BY_ID[DISTRICT])])
    first = await revisions()
    assert first.keys() == {"directory.units"}
    await publish(engines[0], 1, BY_ID[DISTRICT], key())
    second = await revisions()
    assert second.keys() == {"directory.units", "directory.keys"}
    assert second["directory.units"] == first["directory.units"]
    await publish(engines[0], 2, BY_ID[DISTRICT])
    assert (await revisions())["directory.units"] != first["directory.units"]
    with statements(engines[0]) as sent:
        async with engines[0].connect() as connection:
            for _ in range(2):
                assert await copies.many(connection, ContactV1, ["d-1"]) == {"d-1": contact}
                assert await copies.versions(connection, ContactV1, ["d-1"]) == {"d-1": 1}
    assert len(sent) == 4, "personal data are in no memory"


async def test_no_look_outlives_its_transaction(engines: Sequence[AsyncEngine]) -> None:
    for _ in range(5):
        await publish(engines[0], 1, BY_ID[DISTRICT])
        await name_in(engines[0])
    gc.collect()
    assert not copies._memories[engines[0].sync_engine.pool]._looks


async def test_what_was_derived_is_made_again_when_the_topic_changes(engines: Sequence[AsyncEngine]) -> None:
    made: list[int] = []

    async def names(database: AsyncEngine) -> list[str]:
        async with database.connect() as connection:

            async def build() -> list[str]:
                made.append(1)
                return sorted(unit.name for unit in (await copies.everything(connection, UnitV1)).values())

            return await copies.derive(connection, UnitV1, "names", build)

    await publish(engines[0], 1, renamed(DISTRICT, "a"))
    assert await names(engines[1]) == await names(engines[1]) == ["a"]
    assert len(made) == 1
    await publish(engines[0], 1, key())
    assert await names(engines[1]) == ["a"]
    assert len(made) == 1
    await publish(engines[0], 1, renamed(COMMUNE, "b"))
    assert await names(engines[1]) == ["a", "b"]
    assert len(made) == 2


async def test_copies_written_before_there_were_revisions_are_asked_for_each_time(engines: Sequence[AsyncEngine]) -> None:
    writer, reader = engines
    await publish(writer, 1, BY_ID[DISTRICT])
    async with writer.begin() as connection:
        await connection.execute(text("DELETE FROM state_revision"))
    for name in ("by hand", "by hand again"):
        async with writer.begin() as connection:
            await connection.execute(
                text("UPDATE state_copy SET value = jsonb_set(value, '{name}', to_jsonb(CAST(:name AS text)))"), {"name": name}
            )
        assert await name_in(reader) == name


async def test_a_restored_database_is_read_as_it_was(postgres: PostgresServer) -> None:
    """The server goes back to a copy made earlier, while the process lives on."""
    async with processes(postgres, 1) as (engine,):
        await publish(engine, 1, renamed(DISTRICT, "before"))
        assert await name_in(engine) == "before"
        name = make_url(engine.url).database
        assert name is not None
        await engine.dispose()
        await administer(postgres, "CREATE DATABASE {copy} TEMPLATE {name}", name)
        await publish(engine, 2, renamed(DISTRICT, "after"), renamed(COMMUNE, "new"))
        assert await name_in(engine) == "after"
        await administer(postgres, "DROP DATABASE {name} WITH (FORCE)", name)
        await administer(postgres, "ALTER DATABASE {copy} RENAME TO {name}", name)
        with pytest.raises(psycopg.OperationalError):
            await name_in(engine)
        assert await name_in(engine) == "before"
        assert await name_in(engine, COMMUNE) is None
        await publish(engine, 2, renamed(DISTRICT, "another after"))
        assert await name_in(engine) == "another after"


async def administer(postgres: PostgresServer, statement: str, name: str) -> None:
    conninfo = psycopg.conninfo.make_conninfo(
        host=postgres.host, port=postgres.port, user=postgres.user, password=postgres.password, dbname="postgres"
    )
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
        await connection.execute(
            sql.SQL(statement).format(name=sql.Identifier(name), copy=sql.Identifier(f"{name}_copy"))  # type: ignore[arg-type]
        )


@pytest.fixture(scope="module")
def loop_and_engines(postgres: PostgresServer) -> Iterator[tuple[asyncio.Runner, Sequence[AsyncEngine]]]:
    """A loop of their own: hypothesis calls its examples from no coroutine."""
    with asyncio.Runner() as runner:
        context = processes(postgres)
        yield runner, runner.run(context.__aenter__())
        runner.run(context.__aexit__(None, None, None))


async def compare(connection: AsyncConnection) -> None:
    expected = await plainly(connection, UnitV1)
    assert await copies.many(connection, UnitV1, IDS) == expected
    assert await copies.everything(connection, UnitV1) == expected


async def follow(engines: Sequence[AsyncEngine], plan: Sequence[tuple[str, int, str, int]]) -> None:
    """Begin with empty tables that the processes may remember otherwise."""
    async with engines[0].begin() as connection:
        await connection.execute(text("TRUNCATE state_copy, state_revision"))
    for move, process, identifier, version in plan:
        async with engines[process].connect() as connection:
            if move != "read":
                entity = None if move == "forget" else renamed(identifier, f"{move} {version}")
                await copies.apply(connection, [state(UnitV1, identifier, version, entity)])
            await compare(connection)
            await (connection.rollback() if move == "roll back" else connection.commit())


MOVES = st.tuples(
    st.sampled_from(["apply", "forget", "roll back", "read"]), st.integers(0, 1), st.sampled_from(IDS), st.integers(1, 5)
)


@settings(max_examples=40)
@given(plan=st.lists(MOVES, max_size=12))
def test_any_order_of_applying_and_reading_gives_what_sql_gives(
    loop_and_engines: tuple[asyncio.Runner, Sequence[AsyncEngine]], plan: Sequence[tuple[str, int, str, int]]
) -> None:
    runner, engines = loop_and_engines
    runner.run(follow(engines, plan))
