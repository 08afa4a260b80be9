"""Intake among the others: its facts leave by the real relays, routing's and the post's come in by the real consumers."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from aiokafka.structs import TopicPartition

from contracts.envelope import Attributes, read_attributes
from contracts.registry import Event
from contracts.topics import CONTACTS, DOSSIERS, POST_ORDERS
from contracts.values import Lane
from messaging.topic_creation import create_topics
from services.intake.consumers import TABLE
from services.intake.domain.dossier import dossier_of_collection
from tests.support.eventually import eventually
from tests.support.intake_events import NOW, collected, decided_case, delivered, dispatched, opened_case
from tests.support.intake_world import Intake, intake_world
from tests.support.servers import PostgresServer


@dataclass(kw_only=True)
class Others:
    """Routing and the post, as far as intake knows them; and a reader of everything that intake publishes."""

    intake: Intake
    producer: AIOKafkaProducer
    consumer: AIOKafkaConsumer
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    heard: list[ConsumerRecord] = field(default_factory=list)

    async def publish(self, subject: str, event: Event, lane: Lane | None = None, *, again: bool = False) -> None:
        owner = event.TOPIC.owner
        number = self.numbers.get((owner, subject), 0) + (0 if again else 1)
        self.numbers[owner, subject] = number
        headers = Attributes(id=str(uuid4()), source=owner, type=event.TYPE, subject=subject, time=NOW, sequence=number).headers()
        value = event.model_dump_json().encode()
        await self.producer.send_and_wait(event.TOPIC.name(lane), value, subject.encode(), headers=headers)

    async def listen(self) -> None:
        for records in (await self.consumer.getmany(timeout_ms=100)).values():
            self.heard += records

    def of(self, subject: str, topic: str) -> list[tuple[int, str]]:
        """(sequence, what happened), in the order of arrival."""
        about = [record for record in self.heard if record.key == subject.encode() and record.topic == topic]
        return [(a.sequence, a.type.split(".")[4]) for a in (read_attributes(list(record.headers)) for record in about)]


@pytest.fixture(scope="module")
async def others(
    postgres: PostgresServer, kafka_bootstrap: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Others]:
    published = (DOSSIERS, CONTACTS, POST_ORDERS)
    await create_topics(kafka_bootstrap, [*published, *TABLE.reads])
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka_bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
    consumer.assign(
        [TopicPartition(name, part) for topic in published for name in topic.names() for part in range(topic.partitions)]
    )
    producer = AIOKafkaProducer(bootstrap_servers=kafka_bootstrap)
    folder = tmp_path_factory.mktemp("keys")
    async with producer, consumer, intake_world(postgres, folder, kafka=kafka_bootstrap) as intake:
        yield Others(intake=intake, producer=producer, consumer=consumer)


async def status_of(intake: Intake, dossier: str) -> int | None:
    answer = await intake.get(f"/dossiers/{dossier}")
    return answer.json().get("status") if answer.status_code == 200 else None


async def test_from_the_counter_to_the_citizens_door(others: Others) -> None:
    intake = others.intake
    received = await intake.receive(hand_over="post")
    dossier, order = received["id"], received["id"].replace("d-", "o-")
    for event in (opened_case(received), decided_case(received)):
        await others.publish(dossier, event, Lane.DISTRICT)

    async def placed() -> bool:
        await others.listen()
        return others.of(order, "intake.post-orders") == [(1, "placed")]

    await eventually(placed, describe="the order to be placed")
    await others.publish(order, dispatched())
    await others.publish(order, delivered())
    await others.publish(order, delivered(), again=True)

    async def published() -> bool:
        await others.listen()
        return len(others.of(dossier, "intake.dossiers.district")) == 5

    await eventually(published, describe="all five facts")
    facts = [(1, "submitted"), (2, "accepted"), (3, "taken-up"), (4, "decided"), (5, "handed-over")]
    assert others.of(dossier, "intake.dossiers.district") == facts
    assert others.of(dossier, "intake.contacts.district") == [(1, "changed")]
    assert await status_of(intake, dossier) == 10


async def test_a_collection_published_five_times_is_one_dossier_in_the_posts_lane(others: Others) -> None:
    event = collected(others.intake.keys)
    name = f"c-{uuid4().hex}"
    await others.publish(name, event)
    for _ in range(4):
        await others.publish(name, event, again=True)
    dossier = dossier_of_collection(name)

    async def published() -> bool:
        await others.listen()
        return others.of(dossier, "intake.dossiers.post") == [(1, "submitted")]

    await eventually(published, describe="the dossier")
    assert others.of(dossier, "intake.contacts.post") == [(1, "changed")]


async def test_unreadable_applicant_dies_alone_and_the_rest_goes_on(others: Others) -> None:
    bad, good = f"c-{uuid4().hex}", f"c-{uuid4().hex}"
    await others.publish(bad, collected(others.intake.keys, applicant="a.b.c.d.e"))
    await others.publish(good, collected(others.intake.keys))

    async def there() -> bool:
        return await status_of(others.intake, dossier_of_collection(good)) == 1

    await eventually(there, describe="the good one")

    async def dead() -> bool:
        return [state for state, _ in await others.intake.parked(bad)] == ["dead"]

    await eventually(dead, describe="the dead letter")
    assert await status_of(others.intake, dossier_of_collection(bad)) is None


async def test_ready_once_connected(others: Others) -> None:
    async def ready() -> bool:
        return (await others.intake.http.get("/api/intake/health/consuming")).status_code == 200

    await eventually(ready, describe="readiness")
