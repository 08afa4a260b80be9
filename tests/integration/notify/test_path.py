"""The whole way, woken at each step: fact and contact on Kafka, the consumer, the queue, SMTP, the outbox, `notify.messages`."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from contracts.envelope import Attributes, read_attributes, read_data
from contracts.notify import MessageSentV1
from contracts.registry import Event
from contracts.topics import CONTACTS, DOSSIERS, MESSAGES
from contracts.values import Lane
from deploy.sandbox.mail_server.smtp import MailServer
from messaging.topic_creation import create_topics
from tests.support.eventually import PATIENCE, eventually
from tests.support.notify_world import AT, Person, accepted, client, contact, notify_database, running, settings_for, somebody
from tests.support.servers import PostgresServer


@pytest.fixture
async def producer(kafka_bootstrap: str) -> AsyncIterator[AIOKafkaProducer]:
    await create_topics(kafka_bootstrap, [DOSSIERS, CONTACTS, MESSAGES])
    started = AIOKafkaProducer(bootstrap_servers=kafka_bootstrap)
    await started.start()
    yield started
    await started.stop()


async def publish(producer: AIOKafkaProducer, topic: str, person: Person, event: Event, sequence: int) -> None:
    attributes = Attributes(id=str(uuid4()), source="intake", type=event.TYPE, subject=person.dossier, time=AT, sequence=sequence)
    await producer.send_and_wait(topic, event.model_dump_json().encode(), person.dossier.encode(), headers=attributes.headers())


async def test_from_kafka_to_the_mailbox_and_back_to_kafka(
    kafka_bootstrap: str, postgres: PostgresServer, producer: AIOKafkaProducer, mail: MailServer
) -> None:
    person = somebody()
    async with (
        notify_database(await postgres.create_database("notify")) as notify,
        running(notify, settings_for(mail, kafka=kafka_bootstrap)) as app,
    ):
        # The fact first: its contact's second version comes later, and only then is anybody written to.
        await publish(producer, DOSSIERS.name(Lane.POST), person, accepted(person, contact_version=2), 1)

        async def waiting() -> bool:
            rows = await notify.rows("SELECT state FROM parking_lot WHERE subject = :id", id=person.dossier)
            return [row.state for row in rows] == ["waiting"]

        await eventually(waiting)
        assert mail.mailbox.mails_to(person.address) == []
        await publish(producer, CONTACTS.name(Lane.POST), person, contact(person), 2)
        await eventually(lambda: len(mail.mailbox.mails_to(person.address)) == 1)
        await notify.until(person, "sent")
        assert await _sent(kafka_bootstrap, person) == (1, person.dossier, "mail", 1)
        async with client(app) as http:

            async def ready() -> bool:
                return (await http.get("/api/notify/health/consuming")).status_code == 200

            await eventually(ready, describe="notify ready")


async def _sent(kafka: str, person: Person) -> tuple[int, str, str, int]:
    """What `notify.messages` says about the message: its number, dossier, channel and attempt."""
    consumer = AIOKafkaConsumer(MESSAGES.base, bootstrap_servers=kafka, auto_offset_reset="earliest")
    await consumer.start()
    try:
        async with asyncio.timeout(PATIENCE):
            async for record in consumer:
                if record.key == person.first.encode():
                    attributes = read_attributes(list(record.headers))
                    event = read_data(attributes, record.value)
                    assert isinstance(event, MessageSentV1)
                    assert attributes.subject == person.first
                    return attributes.sequence, event.dossier, event.channel, event.attempt
    finally:
        await consumer.stop()
    raise AssertionError("unreachable")
