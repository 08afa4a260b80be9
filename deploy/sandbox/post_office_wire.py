"""The post's wire to Kafka: orders in, shipments out. Each part works on through Kafka's absences, and says when it cannot.

An order is written into the book before its offset is committed, and an event is struck out of the book after Kafka has
acknowledged it: so both may come twice, and neither is ever lost.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, NoReturn

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from contracts.envelope import Attributes, Unreadable, read_attributes, read_data
from contracts.intake import PostOrderPlacedV1
from contracts.registry import Event
from contracts.topics import POST_ORDERS, SHIPMENTS
from deploy.sandbox.post_office_book import Book, Outgoing
from deploy.sandbox.post_office_clock import Clock
from deploy.sandbox.post_office_seal import Seal, Unopenable

GROUP: Final = "post-office"
PARTS: Final = ("orders", "shipments", "carrying")
AT_ONCE: Final = 500
PRODUCE_SECONDS: Final = 5.0
LONGEST_PAUSE: Final = 5.0
LOOK_AGAIN: Final = 1.0

log = logging.getLogger("post-office")


class NotYet(Exception):  # noqa: N818 -- not an error: the others have not started
    """The topic of orders is made by intake, and is not there yet."""


@dataclass
class Office:
    """`troubles`: what each part cannot do at present, for readiness. `bell`: there is something to tell, or a parcel."""

    book: Book
    seal: Seal
    kafka: str
    clock: Clock
    carrying: timedelta
    process: str = GROUP
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    troubles: dict[str, str] = field(default_factory=lambda: dict.fromkeys(PARTS, "not started yet"))

    async def work(self) -> NoReturn:
        """Run all parts until cancelled."""
        async with asyncio.TaskGroup() as group:
            for name, part in zip(PARTS, (self._read_orders, self._tell, self._carry), strict=True):
                group.create_task(self._for_ever(name, part))
        raise AssertionError("unreachable")

    async def _for_ever(self, name: str, part: Callable[[], Awaitable[None]]) -> NoReturn:
        pause = 0.1
        while True:
            try:
                await part()
            except Exception as error:  # noqa: BLE001 -- said in readiness and in the log, and tried again
                pause = 0.1 if name not in self.troubles else min(LONGEST_PAUSE, pause * 2)
                self.troubles[name] = f"{type(error).__name__}: {error}"[:300]
                log.warning("%s: again in %.1f s: %s", name, pause, self.troubles[name])
                await asyncio.sleep(pause)

    # --- orders in --------------------------------------------------------------------------------------

    async def _read_orders(self) -> None:
        await self._wait_for_orders_topic()
        consumer = AIOKafkaConsumer(
            POST_ORDERS.base,
            bootstrap_servers=self.kafka,
            group_id=GROUP,
            # Killed and started again, it is known at once as the one it was, and need not wait for its own ghost.
            group_instance_id=self.process,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=10_000,
        )
        try:
            await consumer.start()
            self.troubles.pop("orders", None)
            while True:
                polled = await consumer.getmany(timeout_ms=1000, max_records=AT_ONCE)
                for records in polled.values():
                    for record in records:
                        self.take(record)
                if polled:
                    self.bell.set()
                    await consumer.commit()
        finally:
            await consumer.stop()

    def take(self, record: Any) -> None:
        """Write one order into the book, or why it cannot be carried."""
        try:
            attributes = read_attributes([(name, value or b"") for name, value in record.headers])
            self._accept(attributes, read_data(attributes, record.value))
        except (Unreadable, Unopenable) as fault:
            log.error("order refused: %s/%s/%s: %s", record.topic, record.partition, record.offset, fault)  # noqa: TRY400
            self.book.refuse(record.topic, record.partition, record.offset, str(fault))

    def _accept(self, attributes: Attributes, order: Event | None) -> None:
        if not isinstance(order, PostOrderPlacedV1):
            raise Unreadable(f"{attributes.type} is no order")
        self.seal.open(order.recipient)
        now = self.clock()
        self.book.take_order(attributes, order.code, order.unit.id, order.recipient, now, now + self.carrying)

    async def _wait_for_orders_topic(self) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.kafka)
        try:
            await admin.start()
            if POST_ORDERS.base not in await admin.list_topics():
                raise NotYet(f"{POST_ORDERS.base} is not there yet")
        finally:
            await admin.close()

    # --- parcels on their way ---------------------------------------------------------------------------

    async def _carry(self) -> None:
        self.troubles.pop("carrying", None)
        while True:
            if self.book.deliver(self.clock()):
                self.bell.set()
            due = self.book.next_due()
            wait = LOOK_AGAIN if due is None else (due - self.clock()).total_seconds()
            await asyncio.sleep(max(0.01, min(LOOK_AGAIN, wait)))

    # --- shipments out ----------------------------------------------------------------------------------

    async def _tell(self) -> None:
        await self._make_topic()
        producer = AIOKafkaProducer(
            bootstrap_servers=self.kafka, acks="all", enable_idempotence=True, request_timeout_ms=4000, retry_backoff_ms=50
        )
        try:
            await producer.start()
            self.troubles.pop("shipments", None)
            while True:
                self.bell.clear()
                rows = self.book.outgoing(AT_ONCE)
                if rows:
                    await self._send(producer, rows)
                    self.book.strike_out(rows)
                else:
                    await self._rung()
        finally:
            await _discard(producer)

    async def _send(self, producer: AIOKafkaProducer, rows: list[Outgoing]) -> None:
        """All acknowledged, or the same rows again by a new producer: an idempotent one cannot be told to give up."""
        async with asyncio.timeout(PRODUCE_SECONDS):
            sent = [
                await producer.send(row.topic, row.payload, row.attributes.subject.encode(), headers=row.attributes.headers())
                for row in rows
            ]
            await asyncio.gather(*sent)

    async def _rung(self) -> None:
        try:
            async with asyncio.timeout(LOOK_AGAIN):
                await self.bell.wait()
        except TimeoutError:
            return

    async def _make_topic(self) -> None:
        """The topic of shipments is ours, so we make it, as the contract declares it."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.kafka)
        try:
            await admin.start()
            if SHIPMENTS.base not in await admin.list_topics():
                await admin.create_topics([NewTopic(SHIPMENTS.base, SHIPMENTS.partitions, 1, topic_configs=SHIPMENTS.config())])
        finally:
            await admin.close()


async def _discard(producer: AIOKafkaProducer) -> None:
    """Without waiting for what it still has in hand."""
    try:
        async with asyncio.timeout(1):
            await producer.stop()
    except Exception as error:  # noqa: BLE001 -- it is given up either way
        log.info("producer given up: %r", error)
