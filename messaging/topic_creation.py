"""Topics are made from their declaration. One that has grown is used as it is, with a warning."""

from collections.abc import Iterable

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from contracts.topics import Topic
from messaging.topic_growth import growth_warnings

_OK = 0


async def create_topics(kafka: str, topics: Iterable[Topic], replication: int = 1) -> list[str]:
    """Create what is missing; answers with warnings about what is there. Raises KafkaError when the broker refuses."""
    wanted = {name: topic for topic in topics for name in topic.names()}
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka, request_timeout_ms=10_000)
    try:
        await admin.start()
        topics_there = {topic["topic"]: len(topic["partitions"]) for topic in await admin.describe_topics()}
        existing = {name: partitions for name, partitions in topics_there.items() if name in wanted}
        missing = [
            NewTopic(name, topic.partitions, replication, topic_configs=topic.config())
            for name, topic in wanted.items()
            if name not in existing
        ]
        if missing:
            _check((await admin.create_topics(missing)).topic_errors)
        return growth_warnings(wanted, existing)
    finally:
        await admin.close()


def _check(errors: Iterable[tuple[object, ...]]) -> None:
    """Another service may have made it in the meantime."""
    for name, code, *message in errors:
        if code not in (_OK, TopicAlreadyExistsError.errno):
            raise for_code(code)(f"{name}: {message}")
