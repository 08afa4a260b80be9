"""The bare hop: one record produced and consumed, one after the other, with nothing else around it. The floor of a latency."""

import time
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from bench.bare import bare_producer
from bench.events import BARE, moves
from messaging.kafka_access import Brokers, client_arguments
from messaging.producer import Outgoing
from messaging.topic_creation import create_topics

WARM: Final = 100
LONGEST_POLL_MS: Final = 5000


async def round_trips(kafka: Brokers, count: int) -> list[float]:
    """Seconds from handing a record to the producer until the consumer has it, of so many. The first ones do not count."""
    await create_topics(kafka, [BARE])
    async with (
        bare_producer(kafka) as producer,
        AIOKafkaConsumer(**client_arguments(kafka), enable_auto_commit=False) as consumer,
    ):
        partitions = [TopicPartition(BARE.base, number) for number in range(BARE.partitions)]
        consumer.assign(partitions)
        await consumer.seek_to_end(*partitions)
        seconds = []
        for attributes, moved in moves(WARM + count, 1):
            record = Outgoing(BARE.base, attributes.subject.encode(), moved.model_dump_json().encode(), attributes.headers())
            began = time.perf_counter()
            await producer.deliver([record])
            while not await consumer.getmany(timeout_ms=LONGEST_POLL_MS):
                continue
            seconds.append(time.perf_counter() - began)
    return seconds[WARM:]
