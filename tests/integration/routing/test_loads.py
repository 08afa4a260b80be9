"""How many open cases an officer has, as kept with the cases and as counted: always the same."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from contracts.intake import DossierRescheduledV1
from contracts.values import Outcome
from services.routing.domain.case import Actor, Ruling
from services.routing.domain.history import Person
from services.routing.handlers import Assignee, assign, decide
from services.routing.repository.cases import CASE_STORE
from services.routing.repository.officers import count_anew, loads_of
from tests.support.eventually import eventually
from tests.support.routing_world import NOW, accepted, open_cases, process_batch, record, routing_database, rows, running

OFFICERS = [Person(f"s-{name}", f"Người {name}") for name in "abcd"]
LEADER = Actor(person=Person("s-lead", "Lãnh đạo"), leads=True)


@pytest.fixture(scope="module")
async def database(postgres) -> AsyncIterator[AsyncEngine]:
    made = await routing_database(await postgres.create_database("loads"))
    yield made
    await made.dispose()


async def kept(database: AsyncEngine) -> Counter[str]:
    return Counter(
        {row.officer: row.open for row in await rows(database, "SELECT officer, open FROM officer_load WHERE open <> 0")}
    )


async def counted(database: AsyncEngine) -> Counter[str]:
    query = "SELECT officer FROM routing_case WHERE decided_at IS NULL AND officer IS NOT NULL"
    return Counter(row.officer for row in await rows(database, query))


async def step(database: AsyncEngine, random: Random, cases: list[str]) -> None:
    """One batch of what happens to some cases; now and then it is rolled back."""
    async with database.connect() as connection:
        loaded = await CASE_STORE.load(connection, random.sample(cases, 4))
        changed = []
        for case in loaded.values():
            officer = random.choice(OFFICERS)
            if case.verdict is None and random.random() < 0.1:
                changed.append(decide(case, Ruling(Outcome.GRANTED), LEADER, NOW))
            elif case.verdict is None and (case.officer is None or case.officer.id != officer.id):
                changed.append(assign(case, Assignee(officer, officer_here=True), LEADER, NOW))
        await CASE_STORE.save(connection, [decision.state.recorded(decision.events) for decision in changed])
        await (connection.rollback() if random.random() < 0.2 else connection.commit())


async def test_whatever_happens_to_cases_at_once_the_number_kept_is_the_number_there_is(database: AsyncEngine) -> None:
    """Opened, given on and decided by four processes that share cases and officers; some transactions come to nothing."""
    cases = await open_cases(database, *(accepted() for _ in range(40)))
    assert await kept(database) == await counted(database)

    async def process(seed: int) -> None:
        random = Random(seed)
        for _ in range(20):
            await step(database, random, cases)
            await open_cases(database, accepted())

    await asyncio.gather(*(process(seed) for seed in range(4)))
    loads = await counted(database)
    assert len(loads.keys() & {person.id for person in OFFICERS}) > 1
    assert await rows(database, "SELECT 1 FROM routing_case WHERE decided_at IS NOT NULL LIMIT 1")
    assert await kept(database) == loads


async def test_a_case_that_is_saved_again_with_its_officer_is_counted_once(database: AsyncEngine) -> None:
    (case,) = await open_cases(database, accepted())
    before = await kept(database)
    moved = DossierRescheduledV1.model_validate(
        accepted().model_dump() | {"promised_at": NOW + timedelta(days=20), "previous_at": NOW + timedelta(days=10)}
    )
    await process_batch(database, [record(case, moved, 2)])
    (saved,) = await rows(database, "SELECT promised_at FROM routing_case WHERE id = :id", id=case)
    assert saved.promised_at == moved.promised_at
    assert await kept(database) == before == await counted(database)


async def test_assigning_reads_none_of_the_open_cases(database: AsyncEngine) -> None:
    await open_cases(database, *(accepted() for _ in range(50)))
    officers = list(await counted(database))
    read = text("SELECT pg_stat_get_xact_tuples_returned(CAST('case_officer_open' AS regclass))")
    async with database.connect() as connection:
        await connection.execute(text("SET enable_seqscan = off"))
        before = await connection.scalar(read)
        loads = await loads_of(connection, officers)
        assert sum(load.open for load in loads.values()) >= 50
        assert await connection.scalar(read) == before


async def test_a_process_that_starts_counts_anew_what_others_did_not_count(database: AsyncEngine) -> None:
    """As after an upgrade, during which the release before saved cases."""
    await open_cases(database, accepted())
    async with database.begin() as connection:
        await connection.execute(text("UPDATE officer_load SET open = open + 7"))
        await connection.execute(text("INSERT INTO officer_load (officer, open) VALUES ('s-nobody', 3)"))
    assert await kept(database) != await counted(database)

    async def right() -> bool:
        return await kept(database) == await counted(database)

    async with running(database.url.render_as_string(hide_password=False)):
        await eventually(right, describe="counted anew")


async def test_what_is_saved_while_it_is_counted_anew_is_counted_once(database: AsyncEngine) -> None:
    random = Random(9)
    cases = await open_cases(database, *(accepted() for _ in range(20)))

    async def recount() -> None:
        for _ in range(10):
            async with database.begin() as connection:
                await count_anew(connection)

    async def work() -> None:
        for _ in range(10):
            await step(database, random, cases)
            await open_cases(database, accepted())

    await asyncio.gather(recount(), work())
    assert await kept(database) == await counted(database)
