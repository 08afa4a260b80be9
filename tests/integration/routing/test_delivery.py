"""Accepted dossiers over real Kafka: one case each, in whatever order, repetition or company; asserted from both ends."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from sqlalchemy.ext.asyncio import AsyncEngine

from contracts.envelope import Envelope, read_attributes, read_data
from contracts.routing import CaseAssignedV1, CaseDecidedV1, CaseOpenedV1
from contracts.topics import CASES, DOSSIERS
from contracts.values import Lane
from messaging.clock import system_clock
from messaging.records import Record
from messaging.runtime import Messaging
from messaging.topic_creation import create_topics
from services.routing.consumers import TABLE
from tests.support.eventually import eventually
from tests.support.reference_data import INSURANCE, headers_for, people, staff_id
from tests.support.routing_world import accepted, client, new_id, record, routing_database, rows, running, submitted
from tests.support.servers import PostgresServer

OPENED_AND_ASSIGNED = [CaseOpenedV1, CaseAssignedV1]


@dataclass(kw_only=True)
class Exchange:
    """What is sent to routing over Kafka, and what it publishes."""

    kafka: str
    url: str
    database: AsyncEngine
    producer: AIOKafkaProducer
    published: dict[str, list[Envelope]] = field(default_factory=lambda: defaultdict(list))
    topics: dict[str, str] = field(default_factory=dict)
    ends: dict[tuple[str, int], int] = field(default_factory=dict)

    async def send(self, records: Iterable[Record]) -> None:
        """Sent and acknowledged, in order."""
        sends = [await self.producer.send(record.topic, record.value, record.key, headers=record.headers) for record in records]
        for sent in await asyncio.gather(*sends):
            self.ends[sent.topic, sent.partition] = sent.offset + 1

    async def has_read_all(self) -> Any:
        """Routing has read, in effect, all that was sent, and published all that there was to publish."""
        nexts = {(row.topic, row.partition): row.next for row in await rows(self.database, "SELECT * FROM read_offset")}
        read = all(nexts.get(partition, 0) >= end for partition, end in self.ends.items())
        return read and not await rows(self.database, "SELECT 1 FROM outbox LIMIT 1")

    async def waits(self, case: str, state: str) -> Any:
        query = "SELECT sequence FROM parking_lot WHERE subject = :case AND state = :state"
        return await rows(self.database, query, case=case, state=state)

    async def listen(self, consumer: AIOKafkaConsumer) -> None:
        async for message in consumer:
            attributes = read_attributes(list(message.headers))
            self.published[attributes.subject].append(Envelope(attributes, read_data(attributes, message.value)))
            self.topics[attributes.subject] = message.topic

    def kinds(self, case: str) -> list[Any]:
        return [type(envelope.data) for envelope in self.published[case]]

    def numbers(self, case: str) -> list[int]:
        return [envelope.attributes.sequence for envelope in self.published[case]]

    async def cases(self, ids: Iterable[str]) -> list[Any]:
        return await rows(self.database, "SELECT * FROM routing_case WHERE id = ANY(:ids) ORDER BY id", ids=list(ids))


@pytest.fixture
async def exchange(kafka_bootstrap: str, postgres: PostgresServer) -> AsyncIterator[Exchange]:
    await create_topics(kafka_bootstrap, [DOSSIERS, CASES])
    url = await postgres.create_database("routing")
    database = await routing_database(url)
    async with (
        AIOKafkaProducer(bootstrap_servers=kafka_bootstrap) as producer,
        AIOKafkaConsumer(*CASES.names(), bootstrap_servers=kafka_bootstrap, auto_offset_reset="earliest") as consumer,
    ):
        started = Exchange(kafka=kafka_bootstrap, url=url, database=database, producer=producer)
        listening = asyncio.create_task(started.listen(consumer))
        yield started
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
    await database.dispose()


@asynccontextmanager
async def runtime(exchange: Exchange, *lanes: Lane) -> AsyncIterator[Messaging]:
    """One more process of routing, as far as events go, on the same database and in the same groups."""
    messaging = Messaging(table=TABLE, database=exchange.database, kafka=exchange.kafka, clock=system_clock, lanes=lanes)
    await messaging.start()
    try:
        yield messaging
    finally:
        await messaging.stop()


@pytest.mark.parametrize("lane", [Lane.PROVINCE, Lane.POST])
async def test_from_the_acceptance_to_the_decision_in_one_lane(exchange: Exchange, lane: Lane) -> None:
    case, event, request = new_id(), accepted(), str(uuid4())
    async with running(exchange.url, kafka=exchange.kafka, lanes=lane) as app, client(app) as http:
        await exchange.send([record(case, submitted(event), 1, lane), record(case, event, 2, lane)])
        await eventually(lambda: exchange.kinds(case) == OPENED_AND_ASSIGNED, describe=lambda: exchange.kinds(case))
        answer = await http.post(
            f"/api/routing/cases/{case}/decide",
            json={"outcome": "granted", "result_number": "7/QĐ"},
            headers=headers_for("minh", version=2) | {"X-Request-Id": request},
        )
        assert answer.status_code == 200, answer.text
        await eventually(lambda: exchange.kinds(case)[2:] == [CaseDecidedV1], describe=lambda: exchange.kinds(case))
        await eventually(lambda: is_fresh(http, case), describe="the page says that it is up to date")
    opened, assigned, decided = exchange.published[case]
    minh = people()["minh"]
    assert exchange.numbers(case) == [1, 2, 3]
    assert exchange.topics[case] == f"routing.cases.{lane}"
    assert opened.attributes.correlation == f"request-of-{case}"
    assert isinstance(assigned.data, CaseAssignedV1)
    assert assigned.data.officer == staff_id("minh")
    assert (assigned.data.by, assigned.data.by_name) == (None, None)
    assert isinstance(decided.data, CaseDecidedV1)
    assert (decided.data.by_name, decided.data.officer, decided.data.officer_name) == (minh.name, minh.id, minh.name)
    assert (decided.data.by, decided.data.result_number, decided.data.code) == (staff_id("minh"), "7/QĐ", event.code)
    assert decided.attributes.correlation == request


async def is_fresh(http: Any, case: str) -> Any:
    page = await http.get(f"/routing/cases/{case}?lang=en", headers=headers_for("minh"))
    return 'class="freshness"' in page.text


async def test_an_acceptance_before_its_submission_waits(exchange: Exchange) -> None:
    case, event = new_id(), accepted()
    async with runtime(exchange, Lane.DISTRICT):
        await exchange.send([record(case, event, 2)])
        await eventually(lambda: exchange.waits(case, "early"), describe="it waits for its predecessor")
        assert await exchange.cases([case]) == []
        await exchange.send([record(case, submitted(event), 1)])
        await eventually(lambda: exchange.kinds(case) == OPENED_AND_ASSIGNED, describe=lambda: exchange.kinds(case))
    assert len(await exchange.cases([case])) == 1
    assert await rows(exchange.database, "SELECT 1 FROM parking_lot WHERE subject = :case", case=case) == []


async def test_what_comes_again_changes_nothing(exchange: Exchange) -> None:
    case, event = new_id(), accepted()
    async with runtime(exchange, Lane.DISTRICT):
        both = [record(case, submitted(event), 1), record(case, event, 2)]
        for _ in range(3):
            await exchange.send([*both, *both])
            await eventually(exchange.has_read_all, describe="all of it was read")
        await eventually(lambda: exchange.kinds(case) == OPENED_AND_ASSIGNED, describe=lambda: exchange.kinds(case))
    assert exchange.numbers(case) == [1, 2]
    assert [row.version for row in await exchange.cases([case])] == [2]


async def test_two_processes_share_the_work_and_nothing_happens_twice(exchange: Exchange) -> None:
    ids = [new_id() for _ in range(240)]
    async with runtime(exchange, Lane.DISTRICT) as process, runtime(exchange, Lane.DISTRICT) as other:
        await eventually(lambda: shared(process, other), describe="both have partitions of the lane")
        dossiers = [record(ident, accepted(unit=INSURANCE, field="bao-hiem"), 1) for ident in ids]
        await exchange.send(dossiers)
        await exchange.send(dossiers[::3])
        await eventually(lambda: all(exchange.numbers(ident) == [1, 2] for ident in ids))
        await eventually(exchange.has_read_all, describe="the repetitions were read too")
        assert shared(process, other)
    cases = await exchange.cases(ids)
    assert len(cases) == len(ids)
    assert all(exchange.kinds(ident) == OPENED_AND_ASSIGNED for ident in ids)
    steps = await rows(exchange.database, "SELECT count(*) AS n FROM case_step WHERE case_id = ANY(:ids)", ids=ids)
    assert steps[0].n == 2 * len(ids)
    assert {case.officer for case in cases} == {staff_id("bich"), staff_id("thao"), staff_id("dung")}


def shared(*processes: Messaging) -> bool:
    """Each has partitions of the district's dossiers, and no two have the same."""
    held = [partitions(process) for process in processes]
    return all(held) and sum(map(len, held)) == DOSSIERS.partitions == len(set().union(*held))


def partitions(process: Messaging) -> set[Any]:
    consumers = [consumer for consumer in process.consumers if consumer.group == "routing.district"]
    return {partition for consumer in consumers for partition in consumer.subscriber.consumer.assignment()}
