"""An idempotent producer that can be told to give up.

aiokafka's own `stop` waits until Kafka takes what it has in hand, and left alone it would send that behind newer rows.
"""

import asyncio
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaProducer

GIVE_UP_SECONDS: Final = 2.0

log = structlog.get_logger(__name__)


class Producer(AIOKafkaProducer):  # type: ignore[misc]
    """All replicas acknowledge, no row twice from one producer; it knows its requests under way."""

    def __init__(self, kafka: str) -> None:
        super().__init__(
            bootstrap_servers=kafka,
            acks="all",
            enable_idempotence=True,
            linger_ms=0,
            request_timeout_ms=4000,
            retry_backoff_ms=50,
        )
        self._under_way: set[asyncio.Task[Any]] = set()
        self._request, self._sender._send_produce_req = self._sender._send_produce_req, self._tracked  # noqa: SLF001

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
