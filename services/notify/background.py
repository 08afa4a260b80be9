"""The senders: claim what is due, commit the attempts, make the calls, commit what came of them; in the background, for ever.

Each sender has a connection of its own and takes some messages of each lane at a time; what one has claimed no other sees. One
that dies leaves its attempts open: when the lease has run out they are taken up again, under the same Message-IDs. While the mail
server is away nothing is claimed, so an outage of hours leaves no mark on any message.

Outcomes are committed together, after a second or AT_MOST mails, whichever is first: what a crash can make a sender send twice.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.process import Process
from contracts.values import Lane
from messaging import outbox
from messaging.backoff import Stopped, retry_forever
from messaging.bell import IDLE_LOOK_SECONDS, POLL_SECONDS, Bell
from messaging.handler_table import Decision, numbered
from messaging.publisher_guard import require_compared
from services.notify import handlers
from services.notify.adapters.gateways import gateway_of
from services.notify.adapters.gateways.port import Away, Gateway, Outgoing
from services.notify.adapters.letters import WRITE_FAULTS, write
from services.notify.domain.contact import KnownContact
from services.notify.domain.message import Message, Result, State, Verdict
from services.notify.metrics import ATTEMPTS
from services.notify.repository import queue
from services.notify.repository.messages import BELL, MESSAGES
from services.notify.settings import NotifySettings

AT_LEAST: Final = 5
AT_MOST: Final = 50
RECORD_SECONDS: Final = 1.0
IDLE_SECONDS: Final = 30.0
"""A mail connection that had nothing to do for so long is given up."""

Claimed = tuple[Message, KnownContact]

log = structlog.get_logger(__name__)


async def send_messages(process: Process, stopping: asyncio.Event, bell: Bell) -> None:
    """All senders of this process, until it stops."""
    settings = process.settings
    assert isinstance(settings, NotifySettings)  # noqa: S101 -- the composition root names the class
    turn = asyncio.Lock()
    async with asyncio.TaskGroup() as group:
        for _ in range(settings.mail_connections):
            sender = Sender(
                process=process, settings=settings, gateway=gateway_of(settings), stopping=stopping, bell=bell, turn=turn
            )
            group.create_task(sender.run())


def batch_size(mails: int, seconds: float) -> int:
    """As many mails a lane as were sent in a second last time: to a slow server all connections get their share."""
    return max(AT_LEAST, min(AT_MOST, int(mails * RECORD_SECONDS / max(seconds, 0.001))))


@dataclass
class MachineTime:
    """The database's time, for a lease's holder: as it last said, and as much more as has passed here since it was asked."""

    _said: datetime | None = None
    _asked_at: float = 0.0

    async def ask(self, connection: AsyncConnection) -> datetime:
        asked_at = time.monotonic()
        self._said, self._asked_at = await queue.machine_now(connection), asked_at
        return self._said

    def latest(self) -> datetime:
        """Never before the database's own: a lease ends here first. Raises where it was not asked yet."""
        if self._said is None:
            raise AssertionError("what is under a lease was claimed before")
        return self._said + timedelta(seconds=time.monotonic() - self._asked_at)


@dataclass(kw_only=True)
class Sender:
    """Whose `turn` it is looks and waits for what is due; having claimed some, it leaves that to the next and sends. So an idle
    process has one sender that waits, and a busy one as many at work as there is work for.
    """

    process: Process
    settings: NotifySettings
    gateway: Gateway
    stopping: asyncio.Event
    bell: Bell
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    at_a_time: int = AT_LEAST
    _used_at: float = field(default_factory=time.monotonic, init=False)
    _machine_time: MachineTime = field(default_factory=MachineTime, init=False)

    async def run(self) -> None:
        try:
            while not self.stopping.is_set():
                await retry_forever(self.send_due, self.stopping, "sending")
        except Stopped:
            log.debug("sender stopped")
        finally:
            await self.gateway.close()

    async def send_due(self) -> None:
        """Some messages of each lane, or a wait for the next. Raises Away when the mail server is: then none is left claimed."""
        await self._take_turn()
        try:
            claimed = await self._claim_due()
        finally:
            self.turn.release()
        if claimed:
            await self._send(claimed)

    async def _take_turn(self) -> None:
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                await self.turn.acquire()
        except TimeoutError:
            await self.gateway.close()
            await self.turn.acquire()

    async def _claim_due(self) -> list[Claimed]:
        lanes = self.settings.served_lanes()
        async with self.process.reads.connect() as connection:
            due_in = await queue.next_due(connection, lanes)
        if self.stopping.is_set():
            return []
        wait = IDLE_LOOK_SECONDS if due_in is None else due_in.total_seconds()
        if wait > 0:
            await self._rest(min(wait, IDLE_LOOK_SECONDS))
            return []
        await self.gateway.open()
        claimed = await self.claim(*lanes)
        if not claimed:  # what is due is another process's
            await self._rest(POLL_SECONDS)
        return claimed

    async def _rest(self, seconds: float) -> None:
        if time.monotonic() - self._used_at > IDLE_SECONDS:
            await self.gateway.close()
        await self.bell.wait(BELL, seconds)

    async def _send(self, claimed: Sequence[Claimed]) -> None:
        started = recorded_at = time.monotonic()
        results: list[tuple[Message, Result]] = []
        away: Away | None = None
        try:
            for message, contact in claimed:
                try:
                    result = Result(Verdict.AWAY, str(away)) if away else await self.attempt(message, contact)
                except Away as error:
                    away, result = error, Result(Verdict.AWAY, str(error))
                results.append((message, result))
                if len(results) >= AT_MOST or time.monotonic() - recorded_at >= RECORD_SECONDS:
                    await self.save_results(results)
                    results, recorded_at = [], time.monotonic()
        finally:
            await self.save_results(results)
        self._used_at = time.monotonic()
        self.at_a_time = batch_size(len(claimed), self._used_at - started)
        if away is not None:
            raise away

    async def claim(self, *lanes: Lane) -> list[Claimed]:
        """Attempts begun and committed; what is not to be sent any more is skipped here, with those that others supersede."""
        lease = timedelta(seconds=3 * self.settings.mail_seconds)
        async with self.process.messaging.database.begin() as connection:
            require_compared(connection)  # what it has forgotten it may have sent
            now, machine_now = self.process.clock(), await self._machine_time.ask(connection)
            due = [item for lane in lanes for item in await queue.claim(connection, lane, self.at_a_time)]
            await queue.lapse(connection, [item.message for item in due if item.message.state is State.SENDING], now)
            superseded = await queue.lock_waiting(connection, {ident for item in due for ident in item.supersedes})
            decisions = {ident: handlers.supersede(message, now) for ident, message in superseded.items()}
            begun: list[Claimed] = []
            for item in due:
                if not item.supersedes <= superseded.keys():  # another sender has just taken one of them up
                    continue
                decision = handlers.begin_attempt(item.message, item.contact, item.later, now, machine_now, lease)
                decisions[item.message.id] = decision
                if decision.state.state is State.SENDING:
                    begun.append((decision.state, item.contact))
            await queue.begin_attempts(connection, [(message, contact.version) for message, contact in begun], now)
            await _save(connection, list(decisions.values()), now)
        return begun

    async def attempt(self, message: Message, contact: KnownContact) -> Result:
        """The call, if it can still end within the lease and the process is to go on. Raises Away."""
        if message.due_at is None or contact.contact is None or contact.address is None:
            raise AssertionError("claimed without lease or address")
        if self.stopping.is_set() or self._machine_time.latest() + timedelta(seconds=self.settings.mail_seconds) > message.due_at:
            return Result(Verdict.AWAY, "its turn did not come")
        try:
            letter = write(
                message.template, contact.contact.language, message.content, self.settings.public_url, contact.confirmation
            )
        except WRITE_FAULTS as error:
            log.exception("a letter cannot be written", message=message.id, template=message.template)
            return Result(Verdict.REFUSED, f"template {message.template}: {type(error).__name__}")
        result = await self.gateway.deliver(Outgoing(message.id, contact.address, letter, self.process.clock()))
        ATTEMPTS.labels(message.channel, result.verdict).inc()
        return result

    async def save_results(self, results: Sequence[tuple[Message, Result]]) -> None:
        """Tried until it works, and at least once when the process stops: the calls have been made."""
        if self.stopping.is_set():
            await self._save_results(results)
        else:
            await retry_forever(lambda: self._save_results(results), self.stopping, "results of attempts")

    async def _save_results(self, results: Sequence[tuple[Message, Result]]) -> None:
        if not results:
            return
        async with self.process.messaging.database.begin() as connection:
            now, machine_now = self.process.clock(), await self._machine_time.ask(connection)
            current = await MESSAGES.load(connection, [message.id for message, _ in results])
            await queue.end_attempts(connection, results, now)
            decisions = [
                handlers.record_outcome(current[message.id], message.attempt, result, now, machine_now)
                for message, result in results
            ]
            await _save(connection, decisions, now)


async def _save(connection: AsyncConnection, decisions: Sequence[Decision[Message]], now: datetime) -> None:
    """The states, and what is published about them."""
    recorded = [numbered(decision, now, correlation=decision.state.correlation) for decision in decisions]
    await MESSAGES.save(connection, [message for message, _ in recorded])
    await outbox.write(connection, [row for _, rows in recorded for row in rows])
