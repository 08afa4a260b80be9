"""How fresh the lists are."""

from datetime import UTC, datetime

from chassis.process import Process
from messaging.clock import system_clock
from messaging.consumer import GroupConsumer
from services.routing.domain.freshness import Freshness


def freshness(process: Process) -> Freshness:
    """Of the groups that bring dossiers; what comes over `common` is reference data."""
    consumers = [consumer for consumer in process.messaging.consumers if not consumer.group.endswith(".common")]
    polls = [poll for consumer in consumers for poll in _polls(consumer)]
    lag = sum(consumer.lag() or 0 for consumer in consumers)
    return Freshness.of(polls, lag, system_clock(), process.clock())


def _polls(consumer: GroupConsumer) -> list[datetime | None]:
    """When each assigned partition last answered, in the machine's time; None: not yet."""
    kafka = consumer.client
    polls = [kafka.last_poll_timestamp(partition) for partition in kafka.assignment()] if kafka else []
    return [None if poll is None else datetime.fromtimestamp(poll / 1000, UTC) for poll in polls]
