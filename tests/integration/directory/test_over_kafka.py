"""What directory publishes arrives as whole entities, and another service's copy opens its doors by them or shuts them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from sqlalchemy import MetaData, text
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.sign_in import SignInLookUp
from contracts.directory import KeyV1, StaffV1
from contracts.envelope import Attributes
from contracts.topics import CALENDARS, KEYS, PROCEDURES, STAFF, UNITS
from messaging import copies
from messaging.clock import system_clock
from messaging.connections import make_engine
from messaging.handler_table import Table
from messaging.runtime import Messaging
from messaging.tables import add_messaging_tables
from tests.support.directory_world import Directory, running, settings_in
from tests.support.embedded import EmbeddedServers
from tests.support.eventually import eventually
from tests.support.reference_data import ADMIN, KEY_ID, LONG_AGO, OPERATOR, ROOTS, entities, entity_id
from tests.support.servers import as_postgres_server
from web.signin import SignInCheck, SignInNeeded
from web.tokens import claims_of, new_signing_key, sign


@asynccontextmanager
async def a_reader(url: str, kafka: str) -> AsyncIterator[AsyncEngine]:
    """Another service, of which only the copies matter."""
    database = make_engine(url)
    metadata = MetaData()
    add_messaging_tables(metadata)
    async with database.begin() as connection:
        await connection.run_sync(metadata.create_all)
    messaging = Messaging(
        table=Table("reader", (UNITS, CALENDARS, PROCEDURES, STAFF, KEYS)), database=database, kafka=kafka, clock=system_clock
    )
    await messaging.start()
    yield database
    await messaging.stop()
    await database.dispose()


@pytest.fixture
async def world(own_servers: EmbeddedServers, tmp_path: Path) -> AsyncIterator[tuple[Directory, AsyncEngine]]:
    """On servers of their own: what directory says of a person would reach every other test's copies."""
    postgres, kafka = as_postgres_server(own_servers), own_servers.bootstrap
    async with (
        a_reader(await postgres.create_database("reader"), kafka) as reader,
        running(await postgres.create_database("directory"), settings_in(tmp_path, kafka)) as directory,
    ):
        yield directory, reader


async def test_a_key_that_a_stranger_sends_over_kafka_opens_nothing(
    world: tuple[Directory, AsyncEngine], own_servers: EmbeddedServers
) -> None:
    """Anybody who may write there can say anything; what comes is copied, and counts for nothing."""
    directory, reader = world
    private, public = new_signing_key("stranger")
    stranger = KeyV1(kid="stranger", jwk=public, valid_from=LONG_AGO)
    headers = Attributes(
        id="stranger", source="directory", type=stranger.TYPE, subject="stranger", time=system_clock(), sequence=1
    ).headers()
    producer = AIOKafkaProducer(bootstrap_servers=own_servers.bootstrap)
    await producer.start()
    try:
        value = stranger.model_dump_json(exclude_none=True).encode()
        await producer.send_and_wait(KEYS.base, value, b"stranger", headers=headers)
    finally:
        await producer.stop()

    async def copied() -> bool:
        async with reader.connect() as connection:
            keys = await copies.many(connection, KeyV1, ["stranger", KEY_ID])
        return len(keys) == 2

    await eventually(copied)
    check, token = SignInCheck(SignInLookUp(reader, ROOTS), system_clock), await directory.token("operator")
    assert (await check.check(token)).staff_id == OPERATOR
    with pytest.raises(SignInNeeded, match="sign-in-invalid"):
        await check.check(sign(claims_of(token), private))


async def test_copies_fill_and_a_disabled_person_is_out_elsewhere_too(world: tuple[Directory, AsyncEngine]) -> None:
    directory, reader = world
    wanted = {(event.TOPIC.base, entity_id(event)) for event in entities()}

    async def copied() -> bool:
        async with reader.connect() as connection:
            rows = await connection.execute(text("SELECT topic, id FROM state_copy"))
            return wanted <= {(row.topic, row.id) for row in rows}

    await eventually(copied)
    async with reader.connect() as connection:
        for event in entities():
            assert await copies.one(connection, type(event), entity_id(event)) == event
    check = SignInCheck(SignInLookUp(reader, ROOTS), system_clock)
    token = await directory.token("hoa")
    assert (await check.check(token)).unit_name("000.00.21.H99") == "Bộ phận Một cửa huyện Hà An"
    headers = await directory.headers(ADMIN, **{"If-Match": '"1"'})
    assert (await directory.http.post("/api/directory/staff/cb005/disable", headers=headers)).status_code == 200

    async def out() -> bool:
        try:
            await check.check(token)
        except SignInNeeded as needed:
            return needed.code == "sign-in-ended"
        return False

    await eventually(out)
    async with reader.connect() as connection:
        staff = await copies.one(connection, StaffV1, "cb005")
    assert staff is not None
    assert not staff.active
