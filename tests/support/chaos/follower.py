"""Follows every topic of facts from its beginning, past the proxies, and says when nothing is under way any more.

At rest: outboxes empty, every record that is there read by every database that reads its topic, no message waiting to be sent, no
parcel on its way.
"""

import asyncio
import hashlib
import time
from collections.abc import Iterable
from contextlib import closing
from typing import Final

import psycopg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import ConsumerRecord

from contracts.envelope import read_attributes
from contracts.services import SERVICES
from contracts.topics import TOPICS, Kind
from tests.support.chaos.evidence import Fact
from tests.support.chaos.foreign import MARK

PAUSE: Final = 0.5
FACTS: Final = tuple(name for topic in TOPICS if topic.kind is Kind.FACTS for name in topic.names())
_READ_SO_FAR: Final = "SELECT topic, partition, next FROM read_offset WHERE topic = ANY(%s)"
_UNDER_WAY: Final = {
    "intake": "SELECT count(*) FROM post_order WHERE state NOT IN ('planned', 'delivered')",
    "notify": "SELECT count(*) FROM message WHERE state IN ('queued', 'sending')",
}


class Follower:
    """`facts` in the order of their partitions; `foreign`: the coordinates of what the nemesis wrote."""

    def __init__(self, bootstrap: str, urls: Iterable[str]) -> None:
        self._urls = dict(zip(SERVICES, urls, strict=True))
        self._consumer = AIOKafkaConsumer(
            *FACTS,
            bootstrap_servers=bootstrap,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
        )
        self.facts: list[Fact] = []
        self.foreign: set[tuple[str, int, int]] = set()
        self._last: dict[tuple[str, int], int] = {}

    async def start(self) -> None:
        """Without a group it is given all partitions, those that are added later too."""
        await self._consumer.start()

    async def stop(self) -> None:
        await self._consumer.stop()

    async def catch_up(self) -> None:
        """Until a look brings nothing new."""
        while records := await self._consumer.getmany(timeout_ms=1000):
            for partition, batch in records.items():
                for record in batch:
                    self._take(partition, record)

    def _take(self, partition: TopicPartition, record: ConsumerRecord) -> None:
        self._last[partition.topic, partition.partition] = record.offset
        if MARK in record.headers:
            self.foreign.add((partition.topic, partition.partition, record.offset))
            return
        attributes = read_attributes(list(record.headers))
        content = hashlib.sha256(record.value or b"").hexdigest()
        self.facts.append(
            Fact(
                partition.topic,
                partition.partition,
                record.offset,
                attributes.source,
                attributes.subject,
                attributes.sequence,
                attributes.id,
                attributes.type,
                content,
            )
        )

    def readers(self, topic: str) -> list[str]:
        """The services whose database has read of it."""
        readers = []
        for service, url in self._urls.items():
            with closing(psycopg.connect(url)) as connection:
                if connection.execute("SELECT 1 FROM read_offset WHERE topic = %s LIMIT 1", [topic]).fetchone():
                    readers.append(service)
        return readers

    async def begin_again(self, topic: str) -> None:
        """It was made anew: what is in it now begins at 0."""
        partitions = [partition for partition in self._consumer.assignment() if partition.topic == topic]
        self._last = {key: offset for key, offset in self._last.items() if key[0] != topic}
        await self._consumer.seek_to_beginning(*partitions)

    async def rest(self, within: float) -> list[str]:
        """Wait until nothing is under way; what still is, if it does not end. Twice at rest, since one look takes time."""
        deadline, looks = time.monotonic() + within, 0
        while True:
            await self.catch_up()
            under_way = await asyncio.to_thread(self._under_way)
            looks = 0 if under_way else looks + 1
            if looks == 2:
                return []
            if time.monotonic() > deadline:
                return under_way
            await asyncio.sleep(PAUSE)

    def _under_way(self) -> list[str]:
        sentences = []
        for service, url in self._urls.items():
            with closing(psycopg.connect(url)) as connection:
                row = connection.execute("SELECT count(*) FROM outbox").fetchone()
                sentences += [f"{service}: {row[0]} rows in the outbox"] if row and row[0] else []
                for topic, partition, following in connection.execute(_READ_SO_FAR, [list(FACTS)]).fetchall():
                    last = self._last.get((topic, partition), -1)
                    if last >= following:
                        sentences.append(f"{service}: {last - following + 1} records of {topic}/{partition} not read")
                if service in _UNDER_WAY:
                    (waiting,) = connection.execute(_UNDER_WAY[service]).fetchone() or (0,)
                    sentences += [f"{service}: {waiting} waiting: {_UNDER_WAY[service]}"] if waiting else []
        return sentences
