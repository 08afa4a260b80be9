"""What reference data cost: counted in statements, warm as on every request but the first."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from contracts.directory import CalendarV1, ProcedureV1, UnitV1
from contracts.refusal import Refusal
from services.intake.domain.offers import Offer, offer
from services.intake.repository import reference
from services.intake.repository.reference import NotCopied, Wanted
from tests.support.copies_world import processes, publish, statements
from tests.support.intake_world import NOW
from tests.support.reference_data import BIRTH, BUSINESS, COMMUNE, DISTRICT, LAND, entities, entity_id, seed_copies
from tests.support.servers import PostgresServer

DAY = NOW.date()
BY_ID = {(type(entity), entity_id(entity)): entity for entity in entities()}
LOOK = "SELECT topic, revision FROM state_revision"


@pytest.fixture
async def engines(postgres: PostgresServer) -> AsyncIterator[Sequence[AsyncEngine]]:
    async with processes(postgres) as both:
        await seed_copies(both[0])
        yield both


async def offered(database: AsyncEngine, code: str = LAND, unit: str = DISTRICT) -> Offer:
    async with database.begin() as connection:
        return await reference.offer_of(connection, unit, code, DAY)


async def test_an_offer_costs_one_small_statement_and_is_made_once(engines: Sequence[AsyncEngine]) -> None:
    first = await offered(engines[1])
    with statements(engines[1]) as sent:
        assert await offered(engines[1]) is first
    assert sent == [LOOK]


async def test_many_offers_cost_no_more_than_one(engines: Sequence[AsyncEngine]) -> None:
    wanted = [
        Wanted(DISTRICT, LAND, DAY),
        Wanted(DISTRICT, BUSINESS, DAY),
        Wanted(COMMUNE, BIRTH, DAY),
        Wanted(COMMUNE, "x", DAY),
    ]
    for expected in (9, 1):
        with statements(engines[1]) as sent:
            async with engines[1].begin() as connection:
                made = await reference.offers(connection, wanted)
        assert len(sent) <= expected
        assert [type(answer) for answer in made] == [Offer, Offer, Offer, NotCopied]


async def test_an_offer_follows_each_of_the_four_it_is_made_from(engines: Sequence[AsyncEngine]) -> None:
    writer, reader = engines
    unit, procedure = BY_ID[UnitV1, DISTRICT], BY_ID[ProcedureV1, LAND]
    assert isinstance(unit, UnitV1)
    assert isinstance(procedure, ProcedureV1)
    calendar = BY_ID[CalendarV1, unit.calendar]
    assert isinstance(calendar, CalendarV1)
    before = await offered(reader)
    unit = unit.model_copy(update={"name": "Tên mới", "code_width": 6})
    await publish(writer, 2, unit)
    assert await offered(reader) == offer(unit, procedure, unit, calendar, 1, DAY) != before
    dearer = [version.model_copy(update={"fee": 777}) for version in procedure.versions]
    procedure = procedure.model_copy(update={"versions": dearer})
    await publish(writer, 2, procedure)
    assert (await offered(reader)).fee == 777
    await publish(writer, 2, calendar.model_copy(update={"exceptions": []}))
    changed = (await offered(reader)).calendar
    assert (changed.version, changed.exceptions) == (2, {})
    await publish(writer, 3, unit.model_copy(update={"valid_to": DAY - timedelta(days=1)}))
    with pytest.raises(Refusal, match="unit-closed"):
        await offered(reader)


async def test_the_choices_of_a_page_cost_one_small_statement_until_they_change(engines: Sequence[AsyncEngine]) -> None:
    writer, reader = engines

    async def choices() -> tuple[list[tuple[str, str]], ...]:
        async with reader.connect() as connection:
            return (
                await reference.received_by(connection, DISTRICT, DAY),
                await reference.received_by(connection, COMMUNE, DAY, online=True),
                await reference.received_by(connection, COMMUNE, DAY),
                await reference.received_by(connection, COMMUNE, DAY.replace(year=1990)),
                await reference.one_stop_units(connection, DAY),
                await reference.one_stop_units(connection, DAY.replace(year=1990)),
            )

    first = await choices()
    received, online, all_doors, _, units, _ = first
    assert {BUSINESS, LAND} <= dict(received).keys()
    assert dict(online).keys() < dict(all_doors).keys()
    assert (BUSINESS in dict(all_doors), first[3], first[5]) == (False, [], [])
    assert {DISTRICT, COMMUNE} <= dict(units).keys()
    with statements(reader) as sent:
        assert await choices() == first
    assert sent == [LOOK]
    unit, procedure = BY_ID[UnitV1, DISTRICT], BY_ID[ProcedureV1, LAND]
    assert isinstance(procedure, ProcedureV1)
    titled = [version.model_copy(update={"title": "Tên thủ tục mới"}) for version in procedure.versions]
    await publish(writer, 2, unit.model_copy(update={"name": "Tên mới"}), procedure.model_copy(update={"versions": titled}))
    after = await choices()
    assert dict(after[0])[LAND] == "Tên thủ tục mới"
    assert dict(after[4])[DISTRICT] == "Tên mới"
