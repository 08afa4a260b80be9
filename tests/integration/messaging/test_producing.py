"""What the relay's producer delivers: everything, in order per key, where Kafka's own clients would put it."""

from uuid import uuid4

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.partitioner import DefaultPartitioner

from contracts.topics import Kind, Topic
from messaging.outbox import LARGEST_PAYLOAD
from messaging.producer import Outgoing, Producer
from messaging.topic_creation import create_topics

PARTITIONS = 3


async def topic_of_its_own(kafka: str) -> str:
    topic = Topic(f"producing-{uuid4().hex[:8]}", "tests", Kind.FACTS, "anything", partitions=PARTITIONS)
    await create_topics(kafka, [topic])
    return topic.base


async def delivered(kafka: str, topic: str, records: list[Outgoing]) -> dict[int, list[Outgoing]]:
    """What lies in each partition afterwards."""
    producer = Producer(kafka)
    await producer.start()
    try:
        await producer.deliver(records)
    finally:
        await producer.give_up()
    places = [TopicPartition(topic, number) for number in range(PARTITIONS)]
    found: dict[int, list[Outgoing]] = {}
    async with AIOKafkaConsumer(bootstrap_servers=kafka, auto_offset_reset="earliest", enable_auto_commit=False) as consumer:
        consumer.assign(places)
        while sum(map(len, found.values())) < len(records):
            for place, lying in (await consumer.getmany(timeout_ms=1000)).items():
                read = (Outgoing(topic, each.key, each.value, list(each.headers)) for each in lying)
                found.setdefault(place.partition, []).extend(read)
    return found


async def test_large_and_small_ones_and_tombstones_keep_their_order(kafka_bootstrap: str) -> None:
    topic = await topic_of_its_own(kafka_bootstrap)
    sizes = (10, LARGEST_PAYLOAD, 10, 600_000, 600_000, None, 10, LARGEST_PAYLOAD)
    records = [
        Outgoing(topic, b"one", None if size is None else b"x" * size, [("n", b"%d" % number)])
        for number, size in enumerate(sizes)
    ]
    (lying,) = (await delivered(kafka_bootstrap, topic, records)).values()
    assert lying == records


async def test_a_key_lies_where_other_clients_look_for_it(kafka_bootstrap: str) -> None:
    topic = await topic_of_its_own(kafka_bootstrap)
    partition_of = DefaultPartitioner()
    records = [Outgoing(topic, f"hồ-sơ-{number % 100}".encode(), b"%d" % number, []) for number in range(1000)]
    found = await delivered(kafka_bootstrap, topic, records)
    assert len(found) == PARTITIONS
    for partition, lying in found.items():
        assert lying == [each for each in records if partition_of(each.key, list(range(PARTITIONS)), None) == partition]
