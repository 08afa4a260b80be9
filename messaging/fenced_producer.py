"""Sends states in transactions of Kafka, so that a relay that was frozen, thawed, sends nothing any more.

A late fact is dropped by its number. A late state would stay: a compacted topic keeps what came last, and a contact that was
forgotten would be back. So a lane has one transactional id, and whoever begins to use it ends all its earlier users. Who did so
last stands in `relay_holder`. It is written in the transaction that holds the lane and after the id was taken: should the lane
have been lost before, that fails and nothing is sent; should it be lost afterwards, the next holder takes the id from us.
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID, uuid4

from aiokafka.errors import KafkaError
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.producer import Failure, Outcome, Outgoing, Producer
from messaging.statements import Statement

# By primary key. Its answer is waited for: only then is it certain that the lane is still ours.
_HOLD: Final = Statement("""
    INSERT INTO relay_holder (lane, holder) VALUES (:lane, :holder)
    ON CONFLICT (lane) DO UPDATE SET holder = excluded.holder RETURNING holder
""")


@dataclass(kw_only=True)
class FencedProducer:
    """One lane's. All of a topic in a round is committed to Kafka, or nothing of it."""

    kafka: str
    service: str
    lane: str
    _producer: Producer | None = field(default=None, init=False)
    _token: UUID | None = field(default=None, init=False)

    async def attempt(
        self,
        connection: AsyncConnection,
        holder: UUID | None,
        records: Sequence[Outgoing],
        seconds: float,
        singly: Collection[str],
    ) -> Outcome:
        """`holder` as the transaction of `connection`, which holds the lane, has read it. After any failure it begins anew."""
        topics: defaultdict[str, list[int]] = defaultdict(list)
        for index, record in enumerate(records):
            topics[record.topic].append(index)
        outcome = Outcome()
        try:
            async with asyncio.timeout(seconds):
                await self._hold(connection, holder)
                for indexes in topics.values():
                    await self._send([records[index] for index in indexes], indexes, singly, outcome)
                    if outcome.failures:
                        break  # the others go with the next producer: this one's transaction cannot be ended well
        except (TimeoutError, KafkaError) as error:
            known = {records[index].topic for index in outcome.acknowledged} | {failure.topic for failure in outcome.failures}
            outcome.failures += [Failure(topic=topic, error=error) for topic in topics.keys() - known]
        finally:
            if outcome.failures or not outcome.acknowledged:
                await self.end()
        return outcome

    async def _hold(self, connection: AsyncConnection, holder: UUID | None) -> None:
        if self._producer is not None and holder == self._token:
            return
        await self.end()
        name = f"{self.service}.relay.{self.lane}"
        self._producer, self._token = Producer(self.kafka, name, name), uuid4()
        await self._producer.start()
        await _HOLD.rows(connection, {"lane": self.lane, "holder": self._token})

    async def _send(self, records: Sequence[Outgoing], indexes: Sequence[int], singly: Collection[str], outcome: Outcome) -> None:
        producer: Any = self._producer
        await producer.begin_transaction()
        sent = await producer.attempt(records, None, singly)
        if sent.failures:
            sent.acknowledged.clear()
        else:
            await producer.commit_transaction()
        outcome.add(sent, indexes)

    async def end(self) -> None:
        """The producer, with whatever it has in hand: Kafka aborts its transaction when the next one takes the id."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await producer.give_up()
