"""What a consumer says of itself: whether it makes progress, whether only a restart would mend it, and its metrics."""

import time
from collections.abc import Iterator
from typing import Final

from messaging import metrics
from messaging.consumer import GroupConsumer
from messaging.gapless_consumer import GaplessConsumer

SILENT_SECONDS: Final = 30.0
"""A reachable broker answers every LONGEST_POLL_MS, also when there is nothing new."""
STUCK_SECONDS: Final = 120.0
LIFELESS_SECONDS: Final = 900.0
"""Far beyond any attempt of a batch: its statements have limits of their own."""


def problems(consumer: GroupConsumer) -> list[str]:
    """Why it makes no progress, if it does not: sentences for an operator."""
    return [f"{consumer.group}: {problem}" for problem in _problems(consumer)]


def _problems(consumer: GroupConsumer) -> Iterator[str]:
    client = consumer.client
    if consumer.halted:
        yield consumer.halted
    elif client is None or not client.joined:
        trouble = f": {client.trouble}" if client is not None and client.trouble else ""
        yield f"no place in its consumer group yet{trouble}"
    elif client.trouble:
        yield f"the Kafka client cannot read: {client.trouble}"
    else:
        yield from _unread_problems(consumer, client)


def _unread_problems(consumer: GroupConsumer, client: GaplessConsumer) -> Iterator[str]:
    for partition, reason in client.unreadable.reasons.items():
        yield f"{partition.topic}/{partition.partition} cannot be read: {reason}"
    for topic in consumer.topics:
        if not client.partitions_for_topic(topic):
            yield f"there is no topic {topic}"
    now = time.monotonic()
    if consumer.batch_started is not None:
        if now - consumer.batch_started > STUCK_SECONDS:
            yield f"a batch has been under way for over {STUCK_SECONDS:.0f} s"
    elif now - max(client.last_poll_at, consumer.batch_ended) > SILENT_SECONDS:
        yield f"Kafka has been silent for over {SILENT_SECONDS:.0f} s"


def lifeless_problems(consumer: GroupConsumer) -> list[str]:
    """What only a restart of the process mends. An outage is none: each attempt of a batch, each look for records is a sign."""
    client = consumer.client
    if client is None or consumer.halted:
        return []
    if client.ended:
        return [f"{consumer.group}: the Kafka client has ended"]
    now = time.monotonic()
    if client.trouble_since is not None and now - client.trouble_since > LIFELESS_SECONDS:
        return [f"{consumer.group}: nothing could be read for over {LIFELESS_SECONDS:.0f} s: {client.trouble}"]
    silent = now - max(client.turned_at, consumer.attempted_at, consumer.batch_ended)
    return [f"{consumer.group}: no sign of life for over {LIFELESS_SECONDS:.0f} s"] if silent > LIFELESS_SECONDS else []


def measure(consumer: GroupConsumer) -> None:
    lag, client = consumer.lag(), consumer.client
    metrics.LAG.labels(consumer.group).set(lag or 0)
    metrics.MEMBER.labels(consumer.group).set(lag is not None)
    metrics.HALTED.labels(consumer.group).set(consumer.halted is not None)
    metrics.UNREADABLE_PARTITIONS.labels(consumer.group).set(len(client.unreadable.reasons) if client else 0)
    started = consumer.batch_started
    metrics.BATCH_UNDER_WAY.labels(consumer.group).set(0 if started is None else time.monotonic() - started)
