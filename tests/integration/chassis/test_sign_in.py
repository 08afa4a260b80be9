"""Who may come in is known from memory, for half a second at most without asking, and not at all while the database is away."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.sign_in import FRESH_SECONDS, MOST_PEOPLE, SignInLookUp
from contracts.directory import StaffV1, UnitV1
from contracts.values import Role
from messaging import copies
from messaging.clock import system_clock
from messaging.connections import make_engine
from tests.support.copies_world import copies_metadata, processes, publish, state, statements
from tests.support.embedded import EmbeddedServers
from tests.support.reference_data import (
    DISTRICT,
    KEY_ID,
    PUBLIC_KEY,
    ROOTS,
    entities,
    key,
    people,
    seed_copies,
    token_for,
    voucher,
)
from tests.support.servers import PostgresServer, as_postgres_server
from web.signin import SignInCheck, SignInNeeded

HOA = people()["hoa"]


@dataclass
class World:
    """A process that hears of changes, and the look-up of another one, whose clock stands still until it is moved."""

    writer: AsyncEngine
    reader: AsyncEngine
    seconds: float = 100.0
    look_up: SignInLookUp = field(init=False)

    def __post_init__(self) -> None:
        self.look_up = SignInLookUp(self.reader, ROOTS, lambda: self.seconds)

    async def why(self, token: str) -> str:
        """Why it is refused; empty if it is good."""
        try:
            await SignInCheck(self.look_up, system_clock).check(token)
        except SignInNeeded as needed:
            return needed.code
        return ""

    async def change(self, version: int, **changes: object) -> None:
        await publish(self.writer, version, HOA.model_copy(update=changes))


@pytest.fixture
async def world(postgres: PostgresServer) -> AsyncIterator[World]:
    async with processes(postgres) as (writer, reader):
        await seed_copies(writer)
        yield World(writer, reader)


async def test_it_is_what_the_copies_say(world: World) -> None:
    for _ in range(2):
        key_voucher, staff = await world.look_up.look_up(KEY_ID, HOA.id)
        assert key_voucher is not None
        assert key_voucher.jwk == PUBLIC_KEY
        assert staff is not None
        assert (staff.active, staff.tokens_valid_from) == (True, HOA.tokens_valid_from)
        assert staff.unit_names[DISTRICT] == "Bộ phận Một cửa huyện Hà An"
        assert staff.unit_names.keys() == {post.unit for post in HOA.posts}
    assert await world.look_up.look_up("no key", HOA.id) == (None, staff)
    assert await world.look_up.look_up(KEY_ID, "nobody") == (voucher(), None)


async def test_checks_within_half_a_second_cost_one_statement_for_all_people(world: World) -> None:
    tokens = [token_for(name) for name in ("hoa", "minh", "lan", "son")]
    for token in tokens:
        assert await world.why(token) == ""
    world.seconds += FRESH_SECONDS + 0.01
    with statements(world.reader) as sent:
        assert await asyncio.gather(*[world.why(token) for token in tokens * 25]) == [""] * 100
        world.seconds += FRESH_SECONDS
        assert await asyncio.gather(*[world.why(token) for token in tokens * 25]) == [""] * 100
    assert sent == ["SELECT topic, revision FROM state_revision"]
    world.seconds += 0.01
    with statements(world.reader) as sent:
        assert await world.why(tokens[0]) == ""
    assert len(sent) == 1


@pytest.mark.parametrize(
    "changes", [{"active": False}, {"tokens_valid_from": system_clock() + timedelta(hours=1)}], ids=["disabled", "signed out"]
)
async def test_who_is_disabled_or_signed_out_is_out_within_the_second(world: World, changes: dict[str, object]) -> None:
    token = token_for("hoa")
    assert await world.why(token) == ""
    await world.change(2, **changes)
    world.seconds += FRESH_SECONDS + 0.01
    assert await world.why(token) == "sign-in-ended"
    await world.change(3)
    world.seconds += FRESH_SECONDS + 0.01
    assert await world.why(token) == ""


async def test_a_role_taken_away_during_a_sign_in_is_gone_within_the_second(world: World) -> None:
    """The token is newer than the change, so that it is good, and still names the role."""
    token, check = token_for("hoa"), SignInCheck(world.look_up, system_clock)
    assert (await check.check(token)).has(Role.CLERK, DISTRICT)
    await world.change(2, posts=[])
    world.seconds += FRESH_SECONDS + 0.01
    assert (await check.check(token)).roles == {}


async def test_what_changes_elsewhere_is_heard_too(world: World) -> None:
    """A unit's new name, a person forgotten, a key forgotten."""
    unit = next(entity for entity in entities() if isinstance(entity, UnitV1) and entity.id == DISTRICT)
    token = token_for("hoa")
    assert await world.why(token) == ""
    await publish(world.writer, 2, unit.model_copy(update={"name": "Tên mới"}))
    world.seconds += 1
    person = await SignInCheck(world.look_up, system_clock).check(token)
    assert person.unit_name(DISTRICT) == "Tên mới"
    for forgotten in (state(StaffV1, HOA.id, 2, None), state(type(key()), KEY_ID, 2, None)):
        async with world.writer.begin() as connection:
            await copies.apply(connection, [forgotten])
        world.seconds += 1
        assert await world.why(token) == "sign-in-invalid"


async def test_who_goes_away_does_not_end_what_others_wait_for(world: World) -> None:
    token = token_for("hoa")
    await world.why(token)
    world.seconds += 1
    with statements(world.reader) as sent:
        impatient = asyncio.create_task(world.why(token))
        patient = asyncio.create_task(world.why(token))
        await asyncio.sleep(0)
        impatient.cancel()
        assert await patient == ""
    assert impatient.cancelled()
    assert len(sent) == 1


async def test_a_look_that_began_too_early_does_not_serve_who_came_later(world: World) -> None:
    token = token_for("hoa")
    await world.why(token)
    world.seconds += 1
    with statements(world.reader) as sent:
        early = asyncio.create_task(world.why(token))
        for _ in ("it comes", "its look begins"):
            await asyncio.sleep(0)
        world.seconds += 1
        late = asyncio.create_task(world.why(token))
        assert await asyncio.gather(early, late) == ["", ""]
    assert len(sent) == 2


async def test_inventions_take_no_place_and_many_people_only_so_much(world: World) -> None:
    for number in range(20):
        await world.look_up.look_up(KEY_ID, f"nobody-{number}")
        await world.look_up.look_up(f"no-key-{number}", HOA.id)
    assert len(world.look_up._answers) == 0
    answered = await world.look_up._read(KEY_ID, HOA.id)
    for number in range(MOST_PEOPLE + 5):
        world.look_up._remember(KEY_ID, f"person-{number}", answered)
    assert len(world.look_up._answers) == MOST_PEOPLE
    assert (KEY_ID, "person-0") not in world.look_up._answers


async def test_while_the_database_is_away_nobody_is_told_anything_older_than_half_a_second(own_servers: EmbeddedServers) -> None:
    database = make_engine(await as_postgres_server(own_servers).create_database("away"))
    async with database.begin() as connection:
        await connection.run_sync(copies_metadata().create_all)
    await seed_copies(database)
    world, token = World(database, database), token_for("hoa")
    assert await world.why(token) == ""
    world.seconds += 1
    assert await world.why(token) == ""
    async with database.begin() as connection:
        await connection.execute(text("CHECKPOINT"))  # these servers sync nothing
    own_servers.postgres.kill()
    world.seconds += FRESH_SECONDS
    assert await world.why(token) == "", "the database was asked half a second ago"
    world.seconds += 0.01
    refused: Sequence[object] = await asyncio.gather(*[world.why(token) for _ in range(3)], return_exceptions=True)
    assert [type(error) for error in refused] == [psycopg.OperationalError] * 3
    own_servers.postgres.start()
    assert await world.why(token) == ""
    await database.dispose()


@pytest.mark.timeout(60)
async def test_who_comes_just_when_a_look_has_ended_does_not_stop_the_process(world: World, monkeypatch) -> None:
    """The ended look waits for the loop to say so; whoever waited for it without letting the loop go on waited for ever."""
    reached, ended = asyncio.Event(), asyncio.Event()
    looked = world.look_up._look

    async def look() -> None:
        await looked()
        world.look_up._newest = None
        reached.set()
        await ended.wait()

    monkeypatch.setattr(world.look_up, "_look", look)
    first = asyncio.create_task(world.look_up._fresh_look())
    await reached.wait()
    ended.set()
    second = asyncio.create_task(world.look_up._fresh_look())
    monkeypatch.setattr(world.look_up, "_look", looked)
    assert (await first).revisions == (await second).revisions
