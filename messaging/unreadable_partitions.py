"""Partitions whose records a consumer cannot read: left aside for a while so that the others are read, said aloud, tried again.

Nothing of them is skipped. The cause is a compression that is not installed, a broken disk, or a right that is missing.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import structlog
from aiokafka import TopicPartition

from messaging import metrics
from messaging.faults import loggable

ASIDE_SECONDS: Final = 15.0
"""After so long an unreadable partition is tried again."""
LONGEST_REASON: Final = 300

log = structlog.get_logger(__name__)


def reason_of(error: Exception) -> str:
    return loggable(error)[:LONGEST_REASON]


@dataclass
class UnreadablePartitions:
    """`reasons` stay until something was read of the partition, or until it is taken away."""

    reasons: dict[TopicPartition, str] = field(default_factory=dict)
    _again_at: dict[TopicPartition, float] = field(default_factory=dict)

    def add(self, group: str | None, partition: TopicPartition, offset: int | None, error: Exception) -> None:
        reason = reason_of(error)
        if self.reasons.get(partition) != reason:
            where = {"topic": partition.topic, "partition": partition.partition, "offset": offset}
            log.error("a partition cannot be read", group=group, **where, error=reason)
        metrics.CLIENT_ERRORS.labels("consumer").inc()
        self.reasons[partition] = reason
        self._again_at[partition] = time.monotonic() + ASIDE_SECONDS

    def due(self) -> list[TopicPartition]:
        """Those to be tried again, each named once."""
        now = time.monotonic()
        partitions = [partition for partition, moment in self._again_at.items() if moment < now]
        for partition in partitions:
            del self._again_at[partition]
        return partitions

    def discard(self, partitions: Iterable[TopicPartition]) -> None:
        """They were read."""
        for partition in partitions:
            self.reasons.pop(partition, None)

    def clear(self) -> None:
        self.reasons.clear()
        self._again_at.clear()
