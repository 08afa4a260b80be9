"""The world of reporting's tests: one database with directory's entities, the events it has been given, its API and pages.

Events are read by the real engine (`World.read`), or sent to a real broker (`KafkaWorld.send`); `World.folded` is how the same
events look in memory.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Self

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.process import build
from chassis.settings import ProcessSettings
from contracts.envelope import Attributes
from contracts.topics import DOSSIERS, KEYS, STAFF, UNITS, dead_letter_topic
from contracts.values import Lane
from messaging.connections import make_engine
from messaging.engine import Engine, Work
from messaging.handler_table import Context
from messaging.topic_creation import create_topics
from services.reporting.consumers import TABLE
from services.reporting.domain.dossier import Dossier
from services.reporting.main import SERVICE
from services.reporting.tables import METADATA
from tests.support.eventually import eventually
from tests.support.reference_data import (
    LONG_AGO,
    ROOT_KEYS,
    entities,
    entity_id,
    headers_for,
    key,
    operator,
    seed_copies,
    token_for,
)
from tests.support.reporting_events import NOW, PublishedEvent, lives
from tests.support.servers import PostgresServer

CLOSED_PORT: Final = "127.0.0.1:9"
DEAD: Final = "d-dead"


@dataclass(kw_only=True)
class World:
    """`events`: what reporting was given, each event once. Without a broker of its own Kafka is away."""

    url: str
    database: AsyncEngine
    kafka: str = CLOSED_PORT
    events: dict[tuple[str, str, int], PublishedEvent] = field(default_factory=dict)
    dossiers: int = 0

    @classmethod
    @asynccontextmanager
    async def empty(cls, postgres: PostgresServer, **more: Any) -> AsyncIterator[Self]:
        url = await postgres.create_database("reporting")
        database = make_engine(url)
        async with database.begin() as connection:
            await connection.run_sync(METADATA.create_all)
        await seed_copies(database)
        yield cls(url=url, database=database, **more)
        await database.dispose()

    async def read(self, events: Sequence[PublishedEvent]) -> None:
        """As if they had come from Kafka, one batch."""
        begin = int(await self.scalar("SELECT coalesce(max(next), 0) FROM read_offset"))
        records = [event.record(offset) for offset, event in enumerate(events, begin)]
        await Engine(database=self.database, table=TABLE, clock=lambda: NOW).process(Work(records))
        self.events |= {(event.source, event.subject, event.sequence): event for event in events}

    def fresh(self, count: int) -> list[PublishedEvent]:
        """The lives of dossiers of which nothing has been published yet."""
        first, self.dossiers = self.dossiers + 1, self.dossiers + count
        return [event for life in lives(count, first=first) for event in life.events()]

    def folded(self, as_of: datetime | None = None) -> dict[str, Dossier]:
        """The dossiers after the same events, or after those recorded by an instant, without a database."""
        states = fold(event for event in self.events.values() if as_of is None or event.recorded <= as_of)
        return {subject: state for subject, state in states.items() if isinstance(state, Dossier)}

    async def scalar(self, query: str) -> Any:
        async with self.database.connect() as connection:
            return await connection.scalar(text(query))

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[httpx.AsyncClient]:
        app = build(SERVICE, ProcessSettings(kafka=self.kafka, root_keys=ROOT_KEYS, clock=NOW.isoformat()), self.url)
        async with app.router.lifespan_context(app), _client(app) as http:
            yield http


@dataclass(kw_only=True)
class KafkaWorld(World):
    """With a broker on which directory's entities stand on their topics. `facts`: so many have been sent."""

    producer: AIOKafkaProducer
    facts: int = 0

    @classmethod
    @asynccontextmanager
    async def on(cls, postgres: PostgresServer, bootstrap: str) -> AsyncIterator[Self]:
        await create_topics(bootstrap, TABLE.reads)
        producer = AIOKafkaProducer(bootstrap_servers=bootstrap, linger_ms=5)
        await producer.start()
        try:
            async with cls.empty(postgres, kafka=bootstrap, producer=producer) as world:
                await world._send_entities()
                yield world
        finally:
            await producer.stop()

    async def send(self, events: Iterable[PublishedEvent]) -> None:
        for event in events:
            record = event.record()
            await self.producer.send(record.topic, record.value, record.key, headers=record.headers)
            self.facts += 1
        await self.producer.flush()

    async def _send_entities(self) -> None:
        for entity in (*entities(), operator(), key()):
            if entity.TOPIC in (UNITS, STAFF, KEYS):
                subject = entity_id(entity)
                headers = Attributes(
                    id=subject, source="directory", type=entity.TYPE, subject=subject, time=LONG_AGO, sequence=1
                ).headers()
                value = entity.model_dump_json(exclude_none=True).encode()
                await self.producer.send(entity.TOPIC.base, value, subject.encode(), headers=headers)
        await self.producer.flush()

    async def send_dead(self, sequence: int, value: bytes) -> None:
        """What nobody can read, and then what waits behind it."""
        kind = "vn.motcua.intake.dossier.submitted.v1"
        headers = Attributes(
            id=f"dead-{sequence}", source="intake", type=kind, subject=DEAD, time=NOW, sequence=sequence
        ).headers()
        await self.producer.send_and_wait(DOSSIERS.name(Lane.POST), value, DEAD.encode(), headers=headers)

    async def published_dead_letters(self, count: int) -> bool:
        """Whether exactly so many stand on the topic."""
        partition = TopicPartition(dead_letter_topic("reporting").base, 0)
        consumer = AIOKafkaConsumer(bootstrap_servers=self.kafka)
        await consumer.start()
        try:
            ends: dict[TopicPartition, int] = await consumer.end_offsets([partition])
        finally:
            await consumer.stop()
        return ends[partition] == count

    async def applied(self) -> None:
        """Wait until every fact sent is in the history, once."""

        async def there() -> bool:
            return bool(await self.scalar("SELECT count(*) FROM fact") == self.facts)

        await eventually(there, describe=f"{self.facts} facts")


def fold(events: Iterable[PublishedEvent]) -> dict[str, object]:
    """The states that the real handlers come to, by subject."""
    states: dict[str, object] = {}
    for published in events:
        (entry,) = TABLE.by_type[published.event.TYPE]
        context = Context(published.attributes, NOW, lane=published.lane)
        decision = entry.handler(states.get(published.subject), published.event, context)
        assert decision is not None
        states[published.subject] = decision.state
    return states


@asynccontextmanager
async def _client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://reporting") as http:
        yield http


async def get(http: httpx.AsyncClient, path: str, username: str = "operator", **query: object) -> Any:
    """The JSON of a good answer. `start` and `end` stand for `from` and `to`."""
    answer = await http.get(f"/api/reporting/{path}", params=_query(query), headers=headers_for(username, NOW))
    assert answer.status_code == 200, answer.text
    return answer.json()


def _query(given: dict[str, object]) -> dict[str, str]:
    named = {"start": "from", "end": "to"}
    return {named.get(name, name): str(value) for name, value in given.items() if value is not None}


async def get_page(http: httpx.AsyncClient, path: str, username: str | None = "quang") -> httpx.Response:
    """As a browser asks, signed in or not."""
    headers = {"Accept": "text/html"} | ({"Cookie": f"motcua_token={token_for(username, NOW)}"} if username else {})
    http.cookies.clear()  # a language once chosen would stay
    return await http.get(path, headers=headers)
