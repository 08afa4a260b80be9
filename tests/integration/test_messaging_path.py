"""Kafka record -> engine -> PostgreSQL -> outbox -> relay -> Kafka: the whole path, asserted from both ends."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from contracts.envelope import Attributes, read_attributes
from contracts.registry import Event
from messaging.clock import system_clock
from messaging.runtime import Messaging, make_engine
from messaging.topic_creation import create_topics
from tests.support.eventually import eventually
from tests.support.tally_service import Amounts, Deposited, metadata, service


@pytest.fixture
async def world(kafka_bootstrap, postgres):
    amounts = Amounts()
    engine = make_engine(await postgres.create_database("tally"))
    async with engine.begin() as connection:
        await connection.run_sync(metadata().create_all)
    table = service(amounts)
    await create_topics(kafka_bootstrap, amounts.topics)
    producer = AIOKafkaProducer(bootstrap_servers=kafka_bootstrap)
    await producer.start()
    messaging = Messaging(table, engine, kafka_bootstrap, system_clock)
    await messaging.start()
    yield amounts, engine, producer, messaging
    await messaging.stop()
    await producer.stop()
    await engine.dispose()


async def test_path(world, kafka_bootstrap):
    amounts, engine, producer, messaging = world

    async def send(account, sequence, amount):
        a = Attributes(str(uuid4()), "bank", Deposited.TYPE, account, system_clock(), sequence)
        await producer.send_and_wait(
            amounts.deposits.base, Deposited(amount=amount).model_dump_json().encode(), account.encode(), headers=a.headers()
        )

    for n in range(1, 6):
        await send("a", n, n)
    await send("a", 3, 3)

    async def total():
        async with engine.connect() as c:
            return (await c.execute(text("SELECT total, number FROM account WHERE id='a'"))).first() == (15, 5)

    await eventually(total)
    consumer = AIOKafkaConsumer(amounts.totals.base, bootstrap_servers=kafka_bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    got = []
    while len(got) < 5:
        record = await asyncio.wait_for(consumer.getone(), 20)
        got.append(read_attributes(list(record.headers)).sequence)
    await consumer.stop()
    assert got == [1, 2, 3, 4, 5]
    await eventually(lambda: messaging.readiness(), describe="ready")
    assert (await messaging.readiness()).problems == ()
