"""Topics are made from their declaration; a broker where one differs in partitions is refused: growth means a new topic."""

from collections.abc import Iterable

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from contracts.topics import Topic

_OK = 0


async def create_topics(kafka: str, topics: Iterable[Topic], replication: int = 1) -> None:
    """Create what is missing. Raises KafkaError when the broker refuses, ValueError when a topic exists with other partitions."""
    wanted = {name: topic for topic in topics for name in topic.names()}
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka, request_timeout_ms=10_000)
    try:
        await admin.start()
        topics_there = {topic["topic"]: len(topic["partitions"]) for topic in await admin.describe_topics()}
        existing = {name: partitions for name, partitions in topics_there.items() if name in wanted}
        for name, partitions in existing.items():
            if partitions != wanted[name].partitions:
                raise ValueError(f"{name} has {partitions} partitions, declared are {wanted[name].partitions}")
        missing = [
            NewTopic(name, topic.partitions, replication, topic_configs=topic.config())
            for name, topic in wanted.items()
            if name not in existing
        ]
        if missing:
            _check((await admin.create_topics(missing)).topic_errors)
    finally:
        await admin.close()


def _check(errors: Iterable[tuple[object, ...]]) -> None:
    """Another service may have made it in the meantime."""
    for name, code, *message in errors:
        if code not in (_OK, TopicAlreadyExistsError.errno):
            raise for_code(code)(f"{name}: {message}")
