"""A broker that asks everybody who they are, as `motcua up` has it: with users, rights, and every topic there is."""

import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from deploy.local import kafka_users
from deploy.local.kafka import Kafka
from deploy.local.ports import free_ports
from messaging.kafka_access import KafkaAccess
from tests.support.embedded import Server
from tests.support.guard import Guard


@contextmanager
def secured_kafka() -> Iterator[Kafka]:
    folder = Path(tempfile.mkdtemp(prefix="motcua-test-"))
    guard = Guard(folder)
    port, controller_port = free_ports(2)
    kafka = Kafka(folder / "kafka", port, controller_port, folder / "users")
    server = Server("Kafka", kafka.command, kafka.answers, guard, folder / "kafka.log", signal.SIGKILL)
    try:
        kafka.initialise()
        server.start()
        kafka_users.provide_rights(folder / "users", kafka.client_environment(kafka_users.BROKER))
        yield kafka
    finally:
        if server.runs():
            server.kill()
        guard.close()


@asynccontextmanager
async def producer_of(access: KafkaAccess) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(**access.arguments(), acks="all", request_timeout_ms=5000)
    try:
        await producer.start()
        yield producer
    finally:
        await producer.stop()


@asynccontextmanager
async def consumer_of(access: KafkaAccess, topic: str, group: str | None = None) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(topic, **access.arguments(), group_id=group, auto_offset_reset="earliest")
    try:
        await consumer.start()
        yield consumer
    finally:
        await consumer.stop()
