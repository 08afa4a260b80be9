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
    topic = Topic(base=f"producing-{uuid4().hex[:8]}", owner="tests", kind=Kind.FACTS, key="anything", partitions=PARTITIONS)
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
    partitions = [TopicPartition(topic, number) for number in range(PARTITIONS)]
    delivered_records: dict[int, list[Outgoing]] = {}
    async with AIOKafkaConsumer(bootstrap_servers=kafka, auto_offset_reset="earliest", enable_auto_commit=False) as consumer:
        consumer.assign(partitions)
        while sum(map(len, delivered_records.values())) < len(records):
            for partition, batch in (await consumer.getmany(timeout_ms=1000)).items():
                read = (Outgoing(topic, record.key, record.value, list(record.headers)) for record in batch)
                delivered_records.setdefault(partition.partition, []).extend(read)
    return delivered_records


async def test_large_and_small_ones_and_tombstones_keep_their_order(kafka_bootstrap: str) -> None:
    topic = await topic_of_its_own(kafka_bootstrap)
    sizes = (10, LARGEST_PAYLOAD, 10, 600_000, 600_000, None, 10, LARGEST_PAYLOAD)
    records = [
        Outgoing(topic, b"one", None if size is None else b"x" * size, [("n", b"%d" % number)])
        for number, size in enumerate(sizes)
    ]
    (batch,) = (await delivered(kafka_bootstrap, topic, records)).values()
    assert batch == records


async def test_a_key_lies_where_other_clients_look_for_it(kafka_bootstrap: str) -> None:
    topic = await topic_of_its_own(kafka_bootstrap)
    partition_of = DefaultPartitioner()
    records = [Outgoing(topic, f"hồ-sơ-{number % 100}".encode(), b"%d" % number, []) for number in range(1000)]
    delivered_records = await delivered(kafka_bootstrap, topic, records)
    assert len(delivered_records) == PARTITIONS
    for partition, batch in delivered_records.items():
        assert batch == [record for record in records if partition_of(record.key, list(range(PARTITIONS)), None) == partition]
