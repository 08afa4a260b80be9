"""What a small batch sends to the database, by kind: nothing is asked for that the batch has none of."""

from collections.abc import AsyncIterator, Sequence

import pytest

from contracts.envelope import Attributes
from contracts.registry import Event
from contracts.topics import Topic
from messaging.clock import system_clock
from messaging.connections import make_engine
from messaging.engine import Engine, Work
from messaging.records import Record
from tests.support.tally_service import Amounts, Counted, Deposited, Gate, Named, metadata, service
from tests.support.wire_trace import traced


class Reader:
    """One process of the tally, on one connection, that is given its records by hand."""

    def __init__(self, engine: Engine, amounts: Amounts, gate: Gate) -> None:
        self.engine, self.amounts, self.gate, self.offset = engine, amounts, gate, 0

    def record(self, topic: Topic, subject: str, sequence: int, event: Event) -> Record:
        self.offset += 1
        headers = Attributes(
            id="e", source="bank", type=event.TYPE, subject=subject, time=system_clock(), sequence=sequence
        ).headers()
        value = event.model_dump_json(exclude_none=True).encode()
        return Record(topic=topic.base, partition=0, offset=self.offset, key=subject.encode(), value=value, headers=headers)

    async def statements(self, records: Sequence[Record]) -> int:
        with traced(self.engine.database) as wire:
            await self.engine.process(Work(records))
        return len(wire.statements)


@pytest.fixture
async def reader(postgres) -> AsyncIterator[Reader]:
    database = make_engine(await postgres.create_database("cost"), pool_size=1)
    async with database.begin() as connection:
        await connection.run_sync(metadata().create_all)
    amounts, gate = Amounts(), Gate.open()
    reader = Reader(Engine(database=database, table=service(amounts, gate), clock=system_clock), amounts, gate)
    for number in range(1, 7):
        await reader.engine.process(Work([reader.record(amounts.deposits, "warm", number, Deposited(amount=1))]))
        await reader.engine.process(Work([reader.record(amounts.names, "warm", number, Named(name="ấm"))]))
    yield reader
    await database.dispose()


async def test_a_batch_of_state_alone_asks_for_no_aggregate(reader: Reader) -> None:
    """BEGIN, copies, what is stored of the offsets, offsets, COMMIT."""
    assert await reader.statements([reader.record(reader.amounts.names, "n-1", 1, Named(name="một"))]) == 5


async def test_a_fact_of_no_use_prepares_and_loads_nothing(reader: Reader) -> None:
    """BEGIN; offsets, inbox rows made and locked, parking lot; inbox, offsets; COMMIT."""
    records = [reader.record(reader.amounts.deposits, "n-2", 1, Deposited(amount=1))]
    known = await reader.statements(records)
    counted = reader.record(reader.amounts.deposits, "n-2", 2, Counted())
    reader.gate.reached.clear()
    assert await reader.statements([counted]) == 8 < known
    assert not reader.gate.reached.is_set(), "nothing to prepare"
