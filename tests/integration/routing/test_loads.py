"""How many open cases there are of whom, which field and which day, as kept with the cases and as counted: always the same."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from contracts.civil import civil_day
from contracts.intake import DossierRescheduledV1
from contracts.values import Outcome, WithdrawalReason
from services.routing.domain.case import Actor, withdrawn
from services.routing.domain.history import Person
from services.routing.domain.ruling import Ruling, Withdrawal
from services.routing.handlers.work import Assignee, assign, decide
from services.routing.repository.cases import CASE_STORE
from services.routing.repository.officers import loads_of
from services.routing.repository.open_counts import count_anew, forget_empty
from tests.support.eventually import eventually
from tests.support.routing_world import NOW, accepted, open_cases, process_batch, record, routing_database, rows, running

OFFICERS = [Person(f"s-{name}", f"Người {name}") for name in "abcd"]
LEADER = Actor(person=Person("s-lead", "Lãnh đạo"), leads=True)


@pytest.fixture(scope="module")
async def database(postgres) -> AsyncIterator[AsyncEngine]:
    made = await routing_database(await postgres.create_database("loads"))
    yield made
    await made.dispose()


Key = tuple[str, str | None, str, bool, date]
"""Unit, officer, field, whether the rule chose, promised day."""


async def kept(database: AsyncEngine) -> Counter[Key]:
    numbers = await rows(database, "SELECT * FROM open_count WHERE cases <> 0")
    return Counter({(row.unit, row.officer or None, row.field, row.by_rule, row.promised_on): row.cases for row in numbers})


async def counted(database: AsyncEngine) -> Counter[Key]:
    """Case by case, and not by SQL."""
    async with database.connect() as connection:
        ids = [row.id for row in (await connection.execute(text("SELECT id FROM routing_case"))).all()]
        cases = (await CASE_STORE.load(connection, ids)).values()
    return Counter(
        (
            case.competent_unit.id,
            case.officer and case.officer.id,
            case.procedure.field,
            case.assigned_by is None,
            civil_day(case.promised_at),
        )
        for case in cases
        if not case.closed
    )


async def loads(database: AsyncEngine) -> Counter[str]:
    """Open cases by officer."""
    by_officer: Counter[str] = Counter()
    for (_, officer, *_), number in (await counted(database)).items():
        by_officer.update({officer: number} if officer else {})
    return by_officer


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
    assert len((await loads(database)).keys() & {person.id for person in OFFICERS}) > 1
    assert await rows(database, "SELECT 1 FROM routing_case WHERE decided_at IS NOT NULL LIMIT 1")
    assert await kept(database) == await counted(database)


async def test_a_case_whose_promise_moves_is_counted_once_and_for_its_new_day(database: AsyncEngine) -> None:
    (case,) = await open_cases(database, accepted())
    before = await kept(database)
    moved = DossierRescheduledV1.model_validate(
        accepted().model_dump() | {"promised_at": NOW + timedelta(days=20), "previous_at": NOW + timedelta(days=10)}
    )
    await process_batch(database, [record(case, moved, 2)])
    (saved,) = await rows(database, "SELECT promised_at FROM routing_case WHERE id = :id", id=case)
    assert saved.promised_at == moved.promised_at
    after = await kept(database)
    assert after == await counted(database)
    assert sorted(key[-1] for key in (after - before)) == [civil_day(moved.promised_at)]
    assert after.total() == before.total()


async def test_assigning_reads_none_of_the_open_cases(database: AsyncEngine) -> None:
    await open_cases(database, *(accepted() for _ in range(50)))
    expected = await loads(database)
    read = text("SELECT pg_stat_get_xact_tuples_returned(CAST('case_officer_open' AS regclass))")
    async with database.connect() as connection:
        await connection.execute(text("SET enable_seqscan = off"))
        before = await connection.scalar(read)
        known = await loads_of(connection, list(expected))
        assert {officer: load.open for officer, load in known.items()} == expected
        assert sum(load.open for load in known.values()) >= 50
        assert await connection.scalar(read) == before


async def test_a_process_that_starts_counts_anew_what_others_did_not_count(database: AsyncEngine) -> None:
    """As after an upgrade, during which the release before saved cases."""
    await open_cases(database, accepted())
    async with database.begin() as connection:
        await connection.execute(text("UPDATE open_count SET cases = cases + 7"))
        await connection.execute(text("INSERT INTO open_count VALUES ('u', 's-nobody', 'f', true, '2026-02-16', 3)"))
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

    await asyncio.gather(recount(), recount(), work())
    assert await kept(database) == await counted(database)


async def test_who_counts_anew_waits_for_nobody_who_saves(database: AsyncEngine) -> None:
    async with database.connect() as saving, database.connect() as counting:
        await saving.execute(text("UPDATE open_count SET cases = cases + 1"))
        await counting.execute(text("SET LOCAL lock_timeout = '1ms'"))
        await count_anew(counting)
        await counting.commit()
        await saving.rollback()
    assert await kept(database) == await counted(database)


async def test_numbers_that_came_to_nothing_are_removed_while_cases_are_saved(database: AsyncEngine) -> None:
    random = Random(11)
    cases = await open_cases(database, *(accepted() for _ in range(20)))
    empty = "SELECT 1 FROM open_count WHERE cases = 0"
    async with database.begin() as connection:
        loaded = await CASE_STORE.load(connection, cases[:4])
        withdrawal = Withdrawal(reason=WithdrawalReason.APPLICANT, at=NOW)
        await CASE_STORE.save(connection, [withdrawn(case, withdrawal) for case in loaded.values() if not case.closed])

    async def clear() -> None:
        for _ in range(20):
            async with database.begin() as connection:
                await forget_empty(connection)

    async def work() -> None:
        for _ in range(10):
            await step(database, random, cases[4:])

    await asyncio.gather(clear(), work())
    assert await kept(database) == await counted(database)
    async with database.begin() as connection:
        await connection.execute(text("INSERT INTO open_count VALUES ('u', 's-nobody', 'f', true, '2026-02-16', 0)"))
        await forget_empty(connection)
    assert await rows(database, empty) == []
    assert await kept(database) == await counted(database)


async def test_a_number_that_somebody_is_changing_is_waited_for_by_nobody_and_stays(database: AsyncEngine) -> None:
    async with database.begin() as connection:
        await connection.execute(text("INSERT INTO open_count VALUES ('u', 's-busy', 'f', true, '2026-02-16', 0)"))
    async with database.connect() as saving, database.connect() as clearing:
        await saving.execute(text("UPDATE open_count SET cases = 1 WHERE officer = 's-busy'"))
        await clearing.execute(text("SET lock_timeout = '1ms'"))
        await forget_empty(clearing)
        await clearing.commit()
        await saving.commit()
    (row,) = await rows(database, "DELETE FROM open_count WHERE officer = 's-busy' RETURNING cases")
    assert row.cases == 1
