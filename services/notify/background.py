"""The senders: claim what is due, commit the attempt, make the call, commit what came of it. In the background, never giving up.

Each sender has a connection of its own and takes a few messages of a lane at a time; what one has claimed no other sees. One
that dies leaves its attempt open: when the lease has run out it is taken up again, under the same Message-ID. While the mail
server is away nothing is claimed, so an outage of hours leaves no mark on any message.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.process import Process
from contracts.values import Lane
from messaging import outbox
from messaging.backoff import Stopped, retry_forever
from messaging.bell import Bell
from messaging.clock import system_clock
from messaging.handler_table import Decision, numbered
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

AT_A_TIME = 5
IDLE_ROUNDS = 30
"""After so many rounds with nothing due, about half a minute, the connection is given up."""

log = structlog.get_logger(__name__)


async def send_messages(process: Process, stopping: asyncio.Event, bell: Bell) -> None:
    """All senders of this process, until it stops."""
    settings = process.settings
    assert isinstance(settings, NotifySettings)  # noqa: S101 -- the composition root names the class
    async with asyncio.TaskGroup() as group:
        for _ in range(settings.mail_connections):
            sender = Sender(process=process, settings=settings, gateway=gateway_of(settings), stopping=stopping, bell=bell)
            group.create_task(sender.run())


@dataclass(kw_only=True)
class Sender:
    process: Process
    settings: NotifySettings
    gateway: Gateway
    stopping: asyncio.Event
    bell: Bell

    async def run(self) -> None:
        idle = 0
        try:
            while not self.stopping.is_set():
                idle = 0 if await retry_forever(self.send_due, self.stopping, "sending") else idle + 1
                if idle == IDLE_ROUNDS:
                    await self.gateway.close()
                if idle:
                    await self.bell.wait(BELL)
        except Stopped:
            log.debug("sender stopped")
        finally:
            await self.gateway.close()

    async def send_due(self) -> int:
        """A few messages of each lane; how many were claimed. Raises Away when the mail server is: then none is left claimed."""
        lanes = self.settings.served_lanes()
        async with self.process.reads.connect() as connection:
            if not await queue.anything_due(connection, lanes, system_clock()):
                return 0
        await self.gateway.open()
        return sum([await self._serve(lane) for lane in lanes])

    async def _serve(self, lane: Lane) -> int:
        claimed = await self.claim(lane)
        away: Away | None = None
        for message, contact in claimed:
            try:
                result = Result(Verdict.AWAY, str(away)) if away else await self.attempt(message, contact)
            except Away as error:
                away, result = error, Result(Verdict.AWAY, str(error))
            await self.save_result(message, result)
        if away is not None:
            raise away
        return len(claimed)

    async def claim(self, lane: Lane) -> list[tuple[Message, KnownContact]]:
        """Attempts begun and committed; whom nobody may write to any more is skipped here."""
        lease = timedelta(seconds=3 * self.settings.mail_seconds)
        async with self.process.database.begin() as connection:
            now, machine_now = self.process.clock(), system_clock()
            due = await queue.claim(connection, lane, machine_now, AT_A_TIME)
            decisions = [(handlers.begin_attempt(message, contact, now, machine_now, lease), contact) for message, contact in due]
            begun = [(decision.state, contact) for decision, contact in decisions if decision.state.state is State.SENDING]
            await queue.begin_attempts(connection, [(message, contact.version) for message, contact in begun], now)
            recorded = [await self._record(connection, decision) for decision, _ in decisions]
            await MESSAGES.save(connection, recorded)
        return begun

    async def attempt(self, message: Message, contact: KnownContact) -> Result:
        """The call, if it can still end within the lease and the process is to go on. Raises Away."""
        if message.due_at is None or contact.contact is None or contact.address is None:
            raise AssertionError("claimed without lease or address")
        if self.stopping.is_set() or system_clock() + timedelta(seconds=self.settings.mail_seconds) > message.due_at:
            return Result(Verdict.AWAY, "its turn did not come")
        try:
            letter = write(message.template, contact.contact.language, message.content, self.settings.public_url)
        except WRITE_FAULTS as error:
            log.exception("a letter cannot be written", message=message.id, template=message.template)
            return Result(Verdict.REFUSED, f"template {message.template}: {type(error).__name__}")
        result = await self.gateway.deliver(Outgoing(message.id, contact.address, letter, self.process.clock()))
        ATTEMPTS.labels(message.channel, result.verdict).inc()
        return result

    async def save_result(self, message: Message, result: Result) -> None:
        """Tried until it works, and at least once when the process stops: the call has been made."""
        if self.stopping.is_set():
            await self._save_result(message, result)
        else:
            await retry_forever(lambda: self._save_result(message, result), self.stopping, "result of an attempt")

    async def _save_result(self, message: Message, result: Result) -> None:
        async with self.process.database.begin() as connection:
            now = self.process.clock()
            current = (await MESSAGES.load(connection, [message.id]))[message.id]
            await queue.end_attempt(connection, message.id, message.attempt, result, now)
            decision = handlers.record_outcome(current, message.attempt, result, now, system_clock())
            await MESSAGES.save(connection, [await self._record(connection, decision)])

    async def _record(self, connection: AsyncConnection, decision: Decision[Message]) -> Message:
        state, rows = numbered(decision, self.process.clock(), correlation=decision.state.correlation)
        await outbox.write(connection, rows)
        return state
