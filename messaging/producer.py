"""An idempotent producer that can be told to give up.

aiokafka's own `stop` waits until Kafka takes what it has in hand, and left alone it would send that behind newer rows.
"""

import asyncio
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final, NamedTuple

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import murmur2

GIVE_UP_SECONDS: Final = 2.0
LARGEST_BATCH: Final = 512 * 1024
"""Bytes of one partition in one request. aiokafka's 16 KiB make a round trip of every thirty rows; Kafka takes a megabyte."""
KEYS_REMEMBERED: Final = 16_384

log = structlog.get_logger(__name__)


class Outgoing(NamedTuple):
    """One record on its way to Kafka; no value is a tombstone."""

    topic: str
    key: bytes
    value: bytes | None
    headers: list[tuple[str, bytes]]


# Written in Python, and every event of a dossier has the same key.
_hash = lru_cache(KEYS_REMEMBERED)(murmur2)


class Producer(AIOKafkaProducer):  # type: ignore[misc]
    """All replicas acknowledge, no row twice from one producer; it knows its requests under way."""

    def __init__(self, kafka: str) -> None:
        super().__init__(
            bootstrap_servers=kafka,
            acks="all",
            enable_idempotence=True,
            linger_ms=0,
            max_batch_size=LARGEST_BATCH,
            request_timeout_ms=4000,
            retry_backoff_ms=50,
        )
        self._under_way: set[asyncio.Task[Any]] = set()
        self._request, self._sender._send_produce_req = self._sender._send_produce_req, self._tracked  # noqa: SLF001

    async def deliver(self, records: Iterable[Outgoing]) -> None:
        """All of them acknowledged, in order per key, each in the partition where Kafka's own clients would put it.

        Raises what Kafka says about the first that it does not take; of the others nobody knows.
        """
        batches: dict[tuple[str, int], list[Any]] = {}
        partitions: dict[str, int] = {}
        for topic, key, value, headers in records:
            if topic not in partitions:
                partitions[topic] = len(await self.partitions_for(topic))
            partition = (_hash(key) & 0x7FFFFFFF) % partitions[topic]
            of_place = batches.setdefault((topic, partition), [])
            row = {"timestamp": None, "key": key, "value": value, "headers": headers}
            if not of_place or of_place[-1].append(**row) is None:
                of_place.append(self.create_batch())
                if of_place[-1].append(**row) is None:
                    raise ValueError(f"a record of {topic} that no batch takes")
        sent = [
            await self.send_batch(batch, topic, partition=partition)
            for (topic, partition), of_place in batches.items()
            for batch in of_place
        ]
        for outcome in await asyncio.gather(*sent, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome

    async def _tracked(self, node: int, batches: Any) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 -- aiokafka runs each request as a task
        self._under_way.add(task)
        try:
            await self._request(node, batches)
        finally:
            self._under_way.discard(task)

    async def give_up(self) -> None:
        """End at once, whatever is in hand: those rows go again, by the next producer."""
        self._closed = True
        sender = self._sender.sender_task
        ending = [task for task in (sender, *self._under_way) if task is not None]
        for task in ending:
            task.cancel()
        try:
            async with asyncio.timeout(GIVE_UP_SECONDS):
                await asyncio.gather(*ending, return_exceptions=True)
                await self.client.close()
        except Exception as error:  # noqa: BLE001 -- it is given up either way
            log.warning("a producer does not end", error=repr(error))
