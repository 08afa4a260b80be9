"""Sends so that Kafka refuses what a relay that was frozen and is thawed still had in hand.

A late fact would be dropped by its number. A late state would stay: a compacted topic keeps what came last, and a contact that
was forgotten would be back. So a lane has one transactional id. Each taker is given a higher epoch with it, and a partition that
has a batch of the new epoch takes none of an older. No transaction is needed for that: whoever sends a newer version of a state
has sent to its partition. Who took the id last stands in `relay_holder`. It is written in the transaction that holds the lane and
after the id was taken: should the lane have been lost before, that fails and nothing is sent; should it be lost afterwards, the
next holder finds another name there and takes the id from us.
"""

import asyncio
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID, uuid4

from aiokafka.errors import KafkaError
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.kafka_access import Brokers
from messaging.producer import Failure, Outcome, Outgoing, Producer
from messaging.sent_rows import is_of_state
from messaging.statements import Statement

# By primary key. Its answer is waited for: only then is it certain that the lane is still ours.
_HOLD: Final = Statement("""
    INSERT INTO relay_holder (lane, holder) VALUES (:lane, :holder)
    ON CONFLICT (lane) DO UPDATE SET holder = excluded.holder RETURNING holder
""")


RENEWED_SECONDS: Final = 43_200.0
"""Kafka forgets an id that nobody has taken for a week, and the epoch of a producer whose partition had nothing for a day."""


@dataclass(kw_only=True)
class FencedProducer:
    """One lane's."""

    kafka: Brokers
    service: str
    lane: str
    _producer: Producer | None = field(default=None, init=False)
    _token: UUID | None = field(default=None, init=False)
    _taken_at: float = field(default=0.0, init=False)

    async def attempt(
        self,
        connection: AsyncConnection,
        holder: UUID | None,
        records: Sequence[Outgoing],
        seconds: float,
        singly: Collection[str],
    ) -> Outcome:
        """`holder` as the transaction of `connection`, which holds the lane, has read it. After any failure it begins anew."""
        outcome, deadline = Outcome(), time.monotonic() + seconds
        try:
            async with asyncio.timeout(seconds):
                producer = await self._held(connection, holder)
            for part in _states_first(records):
                given = [records[index] for index in part]
                outcome.add(await producer.attempt(given, max(0.0, deadline - time.monotonic()), singly), part)
        except (TimeoutError, KafkaError) as error:
            outcome.failures += [Failure(topic=topic, error=error) for topic in {record.topic for record in records}]
        finally:
            if outcome.failures or not outcome.acknowledged:
                await self.end()
        return outcome

    async def _held(self, connection: AsyncConnection, holder: UUID | None) -> Producer:
        if self._producer is not None and holder == self._token and time.monotonic() - self._taken_at < RENEWED_SECONDS:
            return self._producer
        await self.end()
        name = f"{self.service}.relay.{self.lane}"
        self._producer, self._token, self._taken_at = Producer(self.kafka, name, fence=name), uuid4(), time.monotonic()
        await self._producer.start()
        await _HOLD.rows(connection, {"lane": self.lane, "holder": self._token})
        return self._producer

    async def end(self) -> None:
        """The producer, with whatever it has in hand."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await producer.give_up()


def _states_first(records: Sequence[Outgoing]) -> list[list[int]]:
    """Facts that name their versions need not wait for them at their readers."""
    states = [index for index, record in enumerate(records) if is_of_state(record.topic)]
    facts = [index for index, record in enumerate(records) if not is_of_state(record.topic)]
    return [part for part in (states, facts) if part]
