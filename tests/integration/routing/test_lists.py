"""Assignment over batches and work lists, straight on PostgreSQL: the rule's memory, pages without gaps, indexes in use."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from contracts.directory import PostV1, StaffV1
from contracts.envelope import Envelope
from contracts.values import Outcome, Role
from messaging.handler_table import numbered
from services.routing.domain.case import Actor
from services.routing.domain.due import Due
from services.routing.domain.history import Person
from services.routing.domain.ruling import Ruling
from services.routing.domain.work_list import CaseQuery, ListKind, by_officer, counts_of
from services.routing.handlers.work import decide
from services.routing.queries.lists import cursor
from services.routing.queries.lists import page as page_of
from services.routing.repository import lists, officers
from services.routing.repository.cases import CASE_STORE
from services.routing.repository.open_counts import count_anew, holdings
from tests.support.noted_statements import noted_statements
from tests.support.reference_data import COMMUNE, DISTRICT, INSURANCE, LONG_AGO, people, staff_id
from tests.support.routing_world import (
    NOW,
    accepted,
    add_staff,
    attributes,
    open_cases,
    process_batch,
    record,
    routing_database,
    rows,
)
from tests.support.servers import PostgresServer

BICH, THAO, DUNG, MINH = staff_id("bich"), staff_id("thao"), staff_id("dung"), staff_id("minh")


@pytest.fixture
async def database(postgres: PostgresServer) -> AsyncIterator[AsyncEngine]:
    engine = await routing_database(await postgres.create_database("routing"))
    yield engine
    await engine.dispose()


def insurance() -> Any:
    return accepted(unit=INSURANCE, field="bao-hiem")


async def held(database: AsyncEngine) -> Counter[str]:
    return Counter(row.officer for row in await rows(database, "SELECT officer FROM routing_case"))


async def decided(database: AsyncEngine, *ids: str) -> None:
    by = Actor(Person(DUNG, "Bùi Kiến Dũng"), leads=True)
    async with database.begin() as connection:
        cases = await CASE_STORE.load(connection, ids)
        # Numbered, but for the outbox: this is about lists.
        states = [numbered(decide(case, Ruling(Outcome.GRANTED), by, NOW), NOW, correlation=None)[0] for case in cases.values()]
        await CASE_STORE.save(connection, states)


async def test_a_batch_sees_what_it_gave_out_itself(database: AsyncEngine) -> None:
    await open_cases(database, *(insurance() for _ in range(9)))
    assert await held(database) == {BICH: 3, THAO: 3, DUNG: 3}


async def test_the_next_batch_goes_on_where_the_last_one_ended(database: AsyncEngine) -> None:
    for _ in range(7):
        await open_cases(database, insurance())
    assert sorted((await held(database)).values()) == [2, 2, 3]


async def test_decided_cases_are_no_load(database: AsyncEngine) -> None:
    first, *_ = await open_cases(database, *(insurance() for _ in range(6)))
    await decided(database, first)
    (row,) = await rows(database, "SELECT officer FROM routing_case WHERE id = :id", id=first)
    await open_cases(database, insurance())
    assert (await held(database))[row.officer] == 3


async def test_who_left_gets_nothing(database: AsyncEngine) -> None:
    await add_staff(database, people()["bich"].model_copy(update={"active": False}))
    await open_cases(database, *(insurance() for _ in range(4)))
    assert await held(database) == {THAO: 2, DUNG: 2}


async def test_several_posts_in_one_unit_are_one_person(database: AsyncEngine) -> None:
    posts = [PostV1(unit="000.00.77.H99", role=Role.OFFICER, fields=[field]) for field in ("dat-dai", "ke-hoach")]
    await add_staff(
        database, StaffV1(id="cb77", username="bay", name="Bảy", active=True, tokens_valid_from=LONG_AGO, posts=posts)
    )
    fields = ("dat-dai", "ke-hoach", "van-hoa")
    await open_cases(database, *(accepted(unit="000.00.77.H99", field=field) for field in fields))
    cases = await rows(database, "SELECT procedure ->> 'field' AS field, officer FROM routing_case")
    assert {row.field: row.officer for row in cases} == {"dat-dai": "cb77", "ke-hoach": "cb77", "van-hoa": None}


async def test_a_code_that_two_dossiers_carry_opens_one_case(database: AsyncEngine) -> None:
    """Intake's mistake would be a dead letter here, and hold nothing else."""
    twice = accepted()
    await process_batch(database, [record("d-one", twice, 1), record("d-two", twice, 1), record("d-three", accepted(), 1)])
    assert [row.id for row in await rows(database, "SELECT id FROM routing_case ORDER BY id")] == ["d-one", "d-three"]
    (dead,) = await rows(database, "SELECT subject, state, reason FROM parking_lot")
    assert (dead.subject, dead.state) == ("d-two", "dead")
    assert "case_code_once" in dead.reason


async def test_a_second_acceptance_is_a_dead_letter(database: AsyncEngine) -> None:
    await process_batch(database, [record("d-one", accepted(), 1), record("d-one", accepted(), 2)])
    (dead,) = await rows(database, "SELECT state, reason FROM parking_lot")
    assert dead.state == "dead"
    assert "case-already-open" in dead.reason
    assert [row.version for row in await rows(database, "SELECT version FROM routing_case")] == [2]


# --- pages ------------------------------------------------------------------------------------------------


async def walk(database: AsyncEngine, query: CaseQuery, between: Any = None) -> list[str]:
    """Every page to the last, each from the cursor of the one before."""
    ids: list[str] = []
    while True:
        async with database.connect() as connection:
            page = await page_of(connection, query, NOW)
        ids += [row.id for row in page.rows]
        if page.next is None:
            return ids
        query = replace(query, after=cursor(query.kind).decode(page.next))
        if between is not None:
            await between()


async def test_pages_show_each_case_once_in_order_over_units(database: AsyncEngine) -> None:
    days = [3, 1, 2, 2, 2, 2, 0, -1, 5, 2, 2]
    events = [accepted(promised=NOW + timedelta(days=d), unit=unit) for d in days for unit in (DISTRICT, COMMUNE)]
    await open_cases(database, *events, accepted(unit=INSURANCE))
    ids = await walk(database, CaseQuery(units=[COMMUNE, DISTRICT], limit=4))
    expected = await rows(
        database,
        "SELECT id FROM routing_case WHERE competent_unit = ANY(:units) ORDER BY promised_at, id",
        units=[COMMUNE, DISTRICT],
    )
    assert ids == [row.id for row in expected]
    assert len(ids) == 22


async def test_what_is_decided_meanwhile_does_not_shift_the_pages(database: AsyncEngine) -> None:
    ids = await open_cases(database, *(accepted(promised=NOW + timedelta(days=d)) for d in range(10)))

    async def decide_the_first_open_one() -> None:
        (row,) = await rows(database, "SELECT id FROM routing_case WHERE decided_at IS NULL ORDER BY promised_at LIMIT 1")
        await decided(database, row.id)

    assert await walk(database, CaseQuery(units=[DISTRICT], limit=3), decide_the_first_open_one) == ids


async def test_each_list_holds_what_its_name_says(database: AsyncEngine) -> None:
    late, today, later, nobodys, done = await open_cases(
        database,
        accepted(promised=NOW - timedelta(days=2)),
        accepted(promised=NOW - timedelta(hours=1)),
        accepted(promised=NOW + timedelta(days=2)),
        accepted(promised=NOW + timedelta(days=3), field="van-hoa"),
        accepted(promised=NOW + timedelta(days=4)),
    )
    await decided(database, done)
    units = [DISTRICT]
    assert await walk(database, CaseQuery(units=units)) == [late, today, later, nobodys]
    assert await walk(database, CaseQuery(units=units, officer=MINH)) == [late, today, later]
    assert await walk(database, CaseQuery(units=units, officer=BICH)) == []
    assert await walk(database, CaseQuery(units=units, kind=ListKind.UNASSIGNED)) == [nobodys]
    assert await walk(database, CaseQuery(units=units, kind=ListKind.DECIDED)) == [done]
    assert await walk(database, CaseQuery(units=units, kind=ListKind.DECIDED, officer=MINH)) == [done]
    assert await walk(database, CaseQuery(units=units, due=Due.LATE)) == [late]
    assert await walk(database, CaseQuery(units=units, due=Due.TODAY)) == [today]
    assert await walk(database, CaseQuery(units=[COMMUNE])) == []
    async with database.connect() as connection:
        held = await holdings(connection, units, NOW)
        of_unit, mine = counts_of(held), counts_of(held, MINH)
        assert (of_unit.open, of_unit.late, of_unit.today, of_unit.unassigned) == (4, 1, 1, 1)
        assert (mine.open, mine.late, mine.today) == (3, 1, 1)
        (who,) = by_officer(held)
        assert (who.officer, who.name, who.open, who.late, who.today) == (MINH, people()["minh"].name, 3, 1, 1)


# --- a large table ----------------------------------------------------------------------------------------


_MANY = text("""
    INSERT INTO routing_case (id, lane, version, code, receiving_unit, receiving_unit_name, competent_unit, competent_unit_name,
                              procedure, papers, accepted_at, promised_at, opened_at, officer, officer_name, assigned_at,
                              outcome, decided_at, decided_by, decided_by_name)
    SELECT 'd-' || n, 'district', 2, 'code-' || n, 'u', 'U', '000.00.' || (n % 50 + 10) || '.H99', 'U', '{}', '[]', at, at, at,
           CASE WHEN n % 29 > 0 THEN 'cb' || n % 400 END, CASE WHEN n % 29 > 0 THEN 'Người' END, CASE WHEN n % 29 > 0 THEN at END,
           CASE WHEN n % 10 > 0 THEN 'granted' END, CASE WHEN n % 10 > 0 THEN at END,
           CASE WHEN n % 10 > 0 THEN 'x' END, CASE WHEN n % 10 > 0 THEN 'X' END
    FROM (SELECT n, CAST(:now AS timestamptz) + n * interval '1 minute' AS at FROM generate_series(1, 40000) AS n) AS rows
""")
_STAFF = text("""
    INSERT INTO state_copy (topic, id, version, value)
    SELECT 'directory.staff', 'cb' || n, 1, jsonb_build_object('name', 'Người', 'active', true, 'posts', jsonb_build_array(
        jsonb_build_object('unit', '000.00.' || (n % 50 + 10) || '.H99', 'role', 'officer', 'fields', '[]'::jsonb)))
    FROM generate_series(1000, 4000) AS n
""")
UNITS = ["000.00.21.H99", "000.00.22.H99"]


_ABSENCES = text("""
    INSERT INTO absence (officer, deputy, first_day, last_day, noted_by)
    SELECT 'cb' || n, 'cb' || n + 1, '2026-03-02', '2026-03-06', 'cb' || n FROM generate_series(1, 5000) AS n
""")


@pytest.fixture(scope="module")
async def large(postgres: PostgresServer) -> AsyncIterator[AsyncEngine]:
    engine = await routing_database(await postgres.create_database("routing_large"))
    async with engine.begin() as connection:
        await connection.execute(_MANY, {"now": NOW})
        await connection.execute(_STAFF)
        await connection.execute(_ABSENCES)
        await count_anew(connection)
        await connection.execute(text("ANALYZE"))
    yield engine
    await engine.dispose()


async def plans(database: AsyncEngine, ask: Any) -> Sequence[str]:
    """How PostgreSQL goes about each statement that `ask(connection)` runs."""
    with noted_statements(database) as statements:
        async with database.connect() as connection:
            await ask(connection)
    texts = []
    async with database.connect() as connection:
        for statement, parameters in statements:
            lines = await connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
            texts.append("\n".join(line[0] for line in lines))
    return texts


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (CaseQuery(units=UNITS), "case_unit_open"),
        (CaseQuery(units=UNITS, due=Due.LATE), "case_unit_open"),
        (CaseQuery(units=UNITS, officer="cb12"), "case_officer_open"),
        (CaseQuery(units=UNITS, kind=ListKind.UNASSIGNED), "case_unit_unassigned"),
        (CaseQuery(units=UNITS, kind=ListKind.DECIDED), "case_unit_decided"),
        (CaseQuery(units=UNITS, kind=ListKind.DECIDED, officer="cb12"), "case_officer_decided"),
    ],
)
async def test_each_list_is_read_from_its_index(large: AsyncEngine, query: CaseQuery, index: str) -> None:
    plan, *of_stranded = await plans(large, lambda connection: lists.case_rows(connection, query, NOW))
    assert index in plan
    assert "Seq Scan" not in plan
    assert len(of_stranded) == (query.kind is ListKind.UNASSIGNED)
    for other in of_stranded:
        assert_read_from_numbers(other)


def assert_read_from_numbers(plan: str) -> None:
    """Who holds what, from the kept numbers; their cases from the officer's index, which has the order of the list."""
    assert "open_count_pkey" in plan
    assert "case_officer_open" in plan
    assert "case_unit_open" not in plan
    assert "Seq Scan" not in plan.replace("Seq Scan on stranded", "")


async def test_what_needs_a_hand_is_found_by_its_officers(large: AsyncEngine) -> None:
    query = CaseQuery(units=UNITS, kind=ListKind.NEEDS_HAND)
    (plan,) = await plans(large, lambda connection: lists.case_rows(connection, query, NOW))
    assert_read_from_numbers(plan)


async def test_no_number_above_a_list_is_counted(large: AsyncEngine) -> None:
    (plan,) = await plans(large, lambda connection: holdings(connection, UNITS, NOW))
    assert "open_count_pkey" in plan
    assert "routing_case" not in plan
    assert "Seq Scan" not in plan


async def test_a_batch_is_prepared_from_indexes_in_two_queries(large: AsyncEngine) -> None:
    event = accepted(unit=UNITS[0])
    envelope = Envelope(attributes("d-1", event, 1), event)
    officers_plan, loads_plan = await plans(large, lambda connection: officers.load_ledger(connection, [envelope]))
    assert "state_copy_staff_posts" in officers_plan
    assert "case_officer_assigned" in loads_plan
    # Where units are few, PostgreSQL 18 may skip through the primary key to an officer as well.
    assert "open_count_officer" in loads_plan or "open_count_pkey" in loads_plan
    assert "Seq Scan on open_count" not in loads_plan
    assert "Seq Scan on state_copy" not in officers_plan
    assert "Seq Scan on routing_case" not in loads_plan
