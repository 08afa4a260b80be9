"""The SMTP side, with the faults that real mail servers have: put off, refuse, be slow, vanish after taking a mail."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.sandbox.mail_server.mailbox import Mailbox

HOSTNAME = "mail.motcua.example"
LARGEST = 1024 * 1024


@dataclass(kw_only=True)
class Faults:
    """`defer_every`: each n-th mail is answered 451. `drop_every`: each n-th is kept, and its answer lost with the connection.

    `slow_seconds`: before each answer to a mail. `refused`: addresses, or domains with their @, that get a 550.
    `full`: addresses whose mailbox takes nothing for the time being, a 452.
    """

    defer_every: int = 0
    drop_every: int = 0
    slow_seconds: float = 0
    refused: Sequence[str] = ()
    full: Sequence[str] = ()

    def refuses(self, address: str) -> bool:
        return any(address == pattern or (pattern.startswith("@") and address.endswith(pattern)) for pattern in self.refused)


@dataclass
class MailHandler:
    mailbox: Mailbox
    faults: Faults
    offered: int = 0
    taken: int = 0

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]) -> str:  # noqa: N802 -- aiosmtpd's name
        if self.faults.refuses(address):
            return f"550 5.1.1 <{address}>: Recipient address rejected: User unknown"
        if address in self.faults.full:
            return f"452 4.2.2 <{address}>: Mailbox full"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 -- aiosmtpd's name
        self.offered += 1
        await asyncio.sleep(self.faults.slow_seconds)
        if _is_nth(self.offered, self.faults.defer_every):
            return "451 4.3.2 Try again later"
        assert isinstance(envelope.content, bytes)  # noqa: S101 -- decode_data is off; narrows the type
        mail = await self.mailbox.keep(envelope.rcpt_tos, envelope.content)
        self.taken += 1
        if _is_nth(self.taken, self.faults.drop_every) and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
            await asyncio.Event().wait()  # until the lost connection cancels this conversation
        return f"250 2.0.0 Kept as {mail.name}"


def _is_nth(number: int, every: int) -> bool:
    return every > 0 and number % every == 0


@dataclass(kw_only=True)
class MailServer:
    """Listens on `host:port`; 0 takes a free port, and `port` then says which."""

    mailbox: Mailbox
    host: str = "127.0.0.1"
    port: int = 0
    faults: Faults = field(default_factory=Faults)
    _server: asyncio.Server | None = None
    _conversations: WeakSet[SMTP] = field(default_factory=WeakSet)

    async def start(self) -> None:
        """Open the mailbox and listen; the same port again after a stop."""
        await asyncio.to_thread(self.mailbox.open)
        handler = MailHandler(self.mailbox, self.faults)

        def conversation() -> SMTP:
            smtp = SMTP(handler, data_size_limit=LARGEST, hostname=HOSTNAME, ident="sandbox", loop=asyncio.get_running_loop())
            self._conversations.add(smtp)
            return smtp

        self._server = await asyncio.get_running_loop().create_server(conversation, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and end all conversations, as a server does that goes away."""
        if self._server is None:
            return
        self._server.close()
        for smtp in self._conversations:
            if isinstance(smtp.transport, asyncio.Transport):
                smtp.transport.abort()
        self._conversations.clear()
        await self._server.wait_closed()
        self._server = None
