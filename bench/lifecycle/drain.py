"""The end of a load is not when the last client is answered: it is when nothing is under way any more.

Outboxes empty, every record read by whoever reads its topic, no message waiting to be sent. Asked of the databases and of Kafka
themselves, because the cheaper the question, the less it adds to what is measured.
"""

import asyncio
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Final, Self

import psycopg
from aiokafka import AIOKafkaConsumer, TopicPartition

from cli.session import Session
from contracts.services import SERVICES
from deploy.local.kafka_users import ADMIN
from deploy.local.outcome import ExitCode, Stopped
from messaging.sent_rows import is_of_state

GIVE_UP_SECONDS: Final = 300.0
PAUSE_SECONDS: Final = 0.2
_EMPTY: Final = "SELECT NOT EXISTS (SELECT FROM outbox)"
_OFFSETS: Final = "SELECT topic, partition, next FROM read_offset"


class Drain:
    """Connected to every service's database and to Kafka as long as it is open."""

    def __init__(self, session: Session) -> None:
        plan = session.plan
        self._urls = {name: url.replace("+psycopg", "") for name, url in plan.database_urls().items()}
        self._kafka = AIOKafkaConsumer(**plan.kafka.access(ADMIN).arguments(), enable_auto_commit=False)
        self._mail = session.client()
        self._databases: list[psycopg.AsyncConnection] = []

    async def __aenter__(self) -> Self:
        self._databases = [await psycopg.AsyncConnection.connect(self._urls[name], autocommit=True) for name in SERVICES]
        await self._kafka.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._kafka.stop()
        for database in self._databases:
            await database.close()
        self._mail.close()

    async def wait(self) -> float:
        """Seconds that it took. Raises Stopped when it does not end."""
        began = time.perf_counter()
        while not await self._is_done():
            if time.perf_counter() > began + GIVE_UP_SECONDS:
                raise Stopped(
                    ExitCode.NOT_READY_IN_TIME,
                    vi=f"Sau {GIVE_UP_SECONDS:.0f} giây vẫn còn việc đang dở; phép đo này không tính.",
                    en=f"Work is still under way after {GIVE_UP_SECONDS:.0f} s; this measurement does not count.",
                )
            await asyncio.sleep(PAUSE_SECONDS)
        return time.perf_counter() - began

    async def _is_done(self) -> bool:
        """Outboxes first: what is published while this asks is seen by the offsets, which are asked after it."""
        if not all([await self._published(database) for database in self._databases]):
            return False
        for database in self._databases:
            if await self._behind(database):
                return False
        return not self._mail.get("/api/notify/summary").raise_for_status().json()["total"]["waiting"]

    async def _published(self, database: psycopg.AsyncConnection) -> bool:
        row = await (await database.execute(_EMPTY)).fetchone()
        return row is not None and bool(row[0])

    async def _behind(self, database: psycopg.AsyncConnection) -> bool:
        rows = await (await database.execute(_OFFSETS)).fetchall()
        following: Mapping[TopicPartition, int] = {TopicPartition(topic, partition): next_ for topic, partition, next_ in rows}
        ends = await self._kafka.end_offsets(list(following)) if following else {}
        # What is left behind a state is the mark of its transaction, which no reader stores.
        return any(end - is_of_state(partition.topic) > following[partition] for partition, end in ends.items())
