"""How fresh the lists are: what intake has told and this process has not applied yet. Of the lanes that this process serves."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from chassis.process import Process
from messaging.clock import system_clock
from messaging.consumer import GroupConsumer

SILENT_AFTER: Final = timedelta(seconds=10)
"""A consumer asks Kafka four times a second; silent for so long, it does not reach it."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """`heard_at` None: nothing heard since the start. `waiting`: facts in Kafka that are still to be applied."""

    heard_at: datetime | None
    waiting: int
    silent: bool


def freshness(process: Process) -> Freshness:
    consumers = [consumer for consumer in process.messaging.consumers if not consumer.group.endswith(".common")]
    polls = [polled for consumer in consumers for polled in _polls(consumer)]
    if not polls or None in polls:
        return Freshness(None, 0, silent=True)
    heard = datetime.fromtimestamp(min(polled for polled in polls if polled is not None) / 1000, UTC)
    silence = max(timedelta(), system_clock() - heard)
    waiting = sum(consumer.lag() or 0 for consumer in consumers)
    return Freshness(process.clock() - silence, waiting, silent=silence > SILENT_AFTER)


def _polls(consumer: GroupConsumer) -> list[int | None]:
    """When each assigned partition last answered, in milliseconds of the system's clock."""
    kafka = consumer.subscriber.consumer
    return [kafka.last_poll_timestamp(partition) for partition in kafka.assignment()] if kafka else []
