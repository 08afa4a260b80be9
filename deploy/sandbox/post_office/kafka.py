"""The post's way to Kafka and from it: orders in, shipments out. `on_ready` is called once the connection stands.

An order is in the store before its offset is committed, and an event leaves the store's outbox after Kafka has acknowledged
it: so both may come twice, and neither is ever lost.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final, NoReturn

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from contracts.envelope import Unreadable, read_attributes, read_data
from contracts.intake import PostOrderPlacedV1
from contracts.topics import POST_ORDERS, SHIPMENTS, usual_copies
from deploy.sandbox.post_office.crypto import DecryptionError
from deploy.sandbox.post_office.login import Login
from deploy.sandbox.post_office.office import Office
from deploy.sandbox.post_office.store import OutboxRow

GROUP: Final = "post-office"
BATCH: Final = 500
PRODUCE_SECONDS: Final = 5.0
LONGEST_POLL_MS: Final = 3000
OUTBOX_INTERVAL: Final = 30.0

log = logging.getLogger("post-office")


class TopicMissing(Exception):  # noqa: N818 -- not an error: the others have not started
    """The topic of orders is made by intake, and is not there yet."""


# --- orders in ------------------------------------------------------------------------------------------


async def read_orders(office: Office, kafka: Login, process: str, on_ready: Callable[[], None]) -> NoReturn:
    await _check_orders_topic(kafka)
    consumer = AIOKafkaConsumer(
        **kafka,
        group_id=GROUP,
        # Killed and started again, it is known at once as the one it was, and need not wait for its own ghost.
        group_instance_id=process,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        session_timeout_ms=10_000,
        fetch_max_wait_ms=LONGEST_POLL_MS,
    )
    try:
        await _uncut(consumer.start())
        consumer.subscribe([POST_ORDERS.base])
        on_ready()
        while True:
            polled = await consumer.getmany(timeout_ms=LONGEST_POLL_MS, max_records=BATCH)
            for records in polled.values():
                for record in records:
                    _accept(office, record)
            if polled:
                await consumer.commit()
    finally:
        await consumer.stop()


def _accept(office: Office, record: Any) -> None:
    """The order is in the store when this returns, or the reason why it cannot be carried."""
    try:
        attributes = read_attributes([(name, value or b"") for name, value in record.headers])
        order = read_data(attributes, record.value)
        if not isinstance(order, PostOrderPlacedV1):
            raise Unreadable(f"{attributes.type} is no order")  # noqa: TRY301 -- refused like whatever else cannot be read
        office.accept(attributes, order)
    except (Unreadable, DecryptionError) as fault:
        log.error("order refused: %s/%s/%s: %s", record.topic, record.partition, record.offset, fault)  # noqa: TRY400
        office.store.refuse(record.topic, record.partition, record.offset, str(fault))


async def _check_orders_topic(kafka: Login) -> None:
    async with _administrator(kafka) as admin:
        if POST_ORDERS.base not in await admin.list_topics():
            raise TopicMissing(f"{POST_ORDERS.base} is not there yet")


# --- shipments out --------------------------------------------------------------------------------------


async def publish_shipments(office: Office, kafka: Login, replication: int | None, on_ready: Callable[[], None]) -> NoReturn:
    await make_shipments_topic(kafka, replication)
    producer = AIOKafkaProducer(
        **kafka,
        acks="all",
        enable_idempotence=True,
        compression_type="zstd",
        request_timeout_ms=4000,
        retry_backoff_ms=50,
    )
    try:
        await _uncut(producer.start())
        on_ready()
        while True:
            office.to_publish.clear()
            rows = office.store.unpublished(BATCH)
            if rows:
                await _send(producer, rows)
                office.store.delete_published(rows)
            else:
                await _wait(office.to_publish)
    finally:
        await _discard(producer)


async def make_shipments_topic(kafka: Login, replication: int | None) -> None:
    """The topic of shipments is ours, so we make it, as the contract declares it.

    Raises KafkaError when the broker refuses: with fewer copies than asked for, one broker's loss is a loss of shipments.
    """
    async with _administrator(kafka) as admin:
        if SHIPMENTS.base not in await admin.list_topics():
            copies = replication or usual_copies(len((await admin.describe_cluster())["brokers"]))
            topic = NewTopic(SHIPMENTS.base, SHIPMENTS.partitions, copies, topic_configs=SHIPMENTS.config(copies))
            for name, code, *message in (await admin.create_topics([topic])).topic_errors:
                if code not in (0, TopicAlreadyExistsError.errno):
                    raise for_code(code)(f"{name}: {message}")


@asynccontextmanager
async def _administrator(kafka: Login) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(**kafka)
    try:
        await _uncut(admin.start())
        yield admin
    finally:
        await admin.close()


async def _uncut(start: Coroutine[Any, Any, None]) -> None:
    """To its end, also when we are told to stop: a client cut off in its start leaves a connection that nobody closes."""
    starting = asyncio.create_task(start)
    try:
        await asyncio.shield(starting)
    finally:
        await asyncio.wait({starting})


async def _send(producer: AIOKafkaProducer, rows: list[OutboxRow]) -> None:
    """All acknowledged, or the same rows again by a new producer: an idempotent one cannot be made to give up."""
    async with asyncio.timeout(PRODUCE_SECONDS):
        sent = [
            await producer.send(row.topic, row.payload, row.attributes.subject.encode(), headers=row.attributes.headers())
            for row in rows
        ]
        await asyncio.gather(*sent)


async def _wait(event: asyncio.Event) -> None:
    """For the event, but not for ever."""
    try:
        async with asyncio.timeout(OUTBOX_INTERVAL):
            await event.wait()
    except TimeoutError:
        return


async def _discard(producer: AIOKafkaProducer) -> None:
    """Without waiting for what it still has in hand."""
    try:
        async with asyncio.timeout(1):
            await producer.stop()
    except Exception as error:  # noqa: BLE001 -- it is given up either way
        log.info("producer given up: %r", error)
