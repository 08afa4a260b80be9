"""Whether every copy of every partition is up to date: only then is the loss of one broker with its data no loss of data."""

from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from tests.support.eventually import eventually

WITHIN: Final = 120.0


async def all_in_sync(bootstrap: str, brokers: int) -> bool:
    """Waits for it; False when it does not come."""
    try:
        await eventually(lambda: _in_sync(bootstrap, brokers), within=WITHIN)
    except AssertionError:
        return False
    return True


async def _in_sync(bootstrap: str, brokers: int) -> bool:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        await admin.start()
        topics = await admin.describe_topics()
    except KafkaError:
        return False
    finally:
        await admin.close()
    return whole(topics, brokers)


def whole(topics: list[dict[str, Any]], brokers: int) -> bool:
    """As brokers describe them."""
    partitions = [partition for topic in topics for partition in topic["partitions"]]
    return bool(partitions) and all(len(partition["isr"]) == brokers for partition in partitions)
