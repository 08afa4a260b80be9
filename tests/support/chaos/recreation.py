"""A topic deleted and made anew as it was declared, as an operator does who wants it emptied or moved."""

from typing import Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from contracts.topics import TOPICS
from tests.support.eventually import eventually

WITHIN: Final = 60.0


async def recreate(bootstrap: str, topic: str, replication: int) -> None:
    """With as many partitions as it had. Raises KafkaError when it is refused, AssertionError when it takes too long."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        (described,) = await admin.describe_topics([topic])
        declared = next(declared for declared in TOPICS if topic in declared.names())
        new = NewTopic(topic, len(described["partitions"]), replication, topic_configs=declared.config(replication))
        await admin.delete_topics([topic])
        await eventually(lambda: _is_made(admin, new), within=WITHIN, describe=f"{topic} made anew")
    finally:
        await admin.close()


async def _is_made(admin: AIOKafkaAdminClient, topic: NewTopic) -> bool:
    """Not while the old one is still being deleted."""
    for name, code, *message in (await admin.create_topics([topic])).topic_errors:
        if code == TopicAlreadyExistsError.errno:
            return False
        if code:
            raise for_code(code)(f"{name}: {message}")
    return True
