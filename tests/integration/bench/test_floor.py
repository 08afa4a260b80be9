"""The bare server is no straw man: for each life it leaves the rows and messages that the product would."""

import asyncio
from collections import Counter

import psycopg
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from bench.lifecycle import load
from bench.lifecycle.cast import Cast, sample_desks, with_online
from bench.lifecycle.floor.process import floor
from bench.lifecycle.target import Target
from contracts.topics import CASES, CONTACTS, DOSSIERS

ROWS = {"dossier": 1, "person": 1, "history": 2, "command": 2, "routing_case": 1, "case_step": 3, "outbox": 0}
MESSAGES = {CONTACTS: 1, DOSSIERS: 2, CASES: 3}


async def lives(target: Target) -> int:
    """How many were lived; all that they caused is done."""
    done = await load.closed(target.port, target.cast, 3, 0.5)
    await target.drained()
    assert not done.record.errors
    return done.record.lives


async def published(kafka: str) -> Counter[str]:
    """How many records each topic has, its lanes together."""
    topics = {name: topic for topic in MESSAGES for name in topic.names()}
    partitions = [TopicPartition(name, number) for name, topic in topics.items() for number in range(topic.partitions)]
    async with AIOKafkaConsumer(bootstrap_servers=kafka) as consumer:
        ends = await consumer.end_offsets(partitions)
    records: Counter[str] = Counter()
    for partition, end in ends.items():
        records[topics[partition.topic].base] += end
    return records


@pytest.mark.parametrize(("online", "commands"), [(0.0, 2), (1.0, 3)])
def test_a_life_leaves_its_rows_and_messages(online: float, commands: int) -> None:
    desks = tuple(sample_desks())
    staff = {name for desk in desks for name in (desk.clerk, desk.leader)}
    cast = with_online(Cast(desks, dict.fromkeys(staff, "Authorization: Bearer none\r\n")), online)
    with floor(cast, None) as bare:
        number = asyncio.run(lives(bare.target))
        assert number >= 3
        with psycopg.connect(bare.database) as database:
            rows = {table: database.execute(f"SELECT count(*) FROM {table}").fetchone() for table in ROWS}  # noqa: S608
            counted = database.execute("SELECT sum(last) FROM code_counter").fetchone()
        expected = ROWS | {"command": commands}
        assert rows == {table: (of_a_life * number,) for table, of_a_life in expected.items()}
        assert counted == (number,)
        assert asyncio.run(published(bare.kafka)) == {topic.base: of_a_life * number for topic, of_a_life in MESSAGES.items()}
