"""Producers that are not ours and write to our topics all the same: garbage, and facts in transactions that are then aborted.

Each record has the header `foreign`, which nobody but the follower looks for. Garbage has keys of its own, so it holds nothing
of anybody's. Past the proxies; while the brokers are away it is not written, which is no fault of anybody's either.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from contracts.envelope import Attributes
from contracts.topics import TOPICS

MARK: Final = ("foreign", b"1")
WITHIN: Final = 30.0


class ForeignProducer:
    def __init__(self, bootstrap: str, seed: int) -> None:
        self._bootstrap, self._chance = bootstrap, random.Random(f"foreign {seed}")

    async def write_garbage(self, topic: str, number: int) -> bool:
        """Whether it was written."""
        pieces = [(self._chance.randbytes(60), self._key(), [*self._headers(), MARK]) for _ in range(number)]
        return await self._write(topic, pieces)

    async def abort(self, topic: str, number: int) -> bool:
        """What looks like facts of ours about dossiers that nobody handed in, and is taken back; whether it came to that."""
        subjects = [f"never-{uuid4()}" for _ in range(number)]
        pieces = [(b"{}", subject.encode(), [*_attributes(topic, subject).headers(), MARK]) for subject in subjects]
        return await self._write(topic, pieces, transactional_id=f"foreign-{uuid4()}")

    async def _write(
        self, topic: str, pieces: list[tuple[bytes, bytes | None, list[tuple[str, bytes]]]], transactional_id: str | None = None
    ) -> bool:
        try:
            async with asyncio.timeout(WITHIN), self._producer(transactional_id) as producer:
                for value, key, headers in pieces:
                    await producer.send_and_wait(topic, value, key, headers=headers)
                if transactional_id:
                    await producer.abort_transaction()
        except (KafkaError, TimeoutError):
            return False
        return True

    @asynccontextmanager
    async def _producer(self, transactional_id: str | None) -> AsyncIterator[AIOKafkaProducer]:
        producer = AIOKafkaProducer(bootstrap_servers=self._bootstrap, acks="all", transactional_id=transactional_id)
        await producer.start()
        try:
            if transactional_id:
                await producer.begin_transaction()
            yield producer
        finally:
            await producer.stop()

    def _key(self) -> bytes | None:
        return None if self._chance.random() < 0.3 else f"garbage-{uuid4()}".encode()

    def _headers(self) -> list[tuple[str, bytes]]:
        return self._chance.choice(([], [("ce_id", b"\xff\xfe")], [("ce_type", b"unknown"), ("ce_time", b"never")]))


def _attributes(topic: str, subject: str) -> Attributes:
    owner = next(declared.owner for declared in TOPICS if topic in declared.names())
    return Attributes(
        id=str(uuid4()),
        source=owner,
        type=f"vn.motcua.{owner}.nothing.happened.v1",
        subject=subject,
        time=datetime.now(UTC),
        sequence=1,
    )
