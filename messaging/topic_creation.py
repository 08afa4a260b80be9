"""Topics are made from their declaration. One that is there and differs from it is used as it is, with a warning."""

from collections.abc import Iterable

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from contracts.topics import Topic, usual_copies
from messaging.client_start import uncut
from messaging.kafka_access import Brokers, client_arguments
from messaging.topic_growth import growth_warnings
from messaging.topic_settings import settings_warnings, topics_there

_OK = 0


async def create_topics(kafka: Brokers, topics: Iterable[Topic], replication: int | None = None) -> list[str]:
    """Create what is missing; answers with warnings about what is there. `replication`: how many copies; None: as many as the
    cluster can usefully keep. Raises KafkaError when the broker refuses.
    """
    wanted = {name: topic for topic in topics for name in topic.names()}
    admin = AIOKafkaAdminClient(**client_arguments(kafka), request_timeout_ms=10_000)
    try:
        await uncut(admin.start())
        copies = replication or usual_copies(len((await admin.describe_cluster())["brokers"]))
        there = await topics_there(admin, wanted)
        missing = [
            NewTopic(name, topic.partitions, copies, topic_configs=topic.config(copies))
            for name, topic in wanted.items()
            if name not in there
        ]
        if missing:
            _check((await admin.create_topics(missing)).topic_errors)
    finally:
        await admin.close()
    partitions = {name: topic.partitions for name, topic in there.items()}
    return growth_warnings(wanted, partitions) + settings_warnings(wanted, there, copies)


def _check(errors: Iterable[tuple[object, ...]]) -> None:
    """Another service may have made it in the meantime."""
    for name, code, *message in errors:
        if code not in (_OK, TopicAlreadyExistsError.errno):
            raise for_code(code)(f"{name}: {message}")
