"""Mail over SMTP, on one connection that is kept while there is something to send.

What the server says of this message (4xx, 5xx on recipient or content) is its verdict. What it says of us (greeting, sign-in,
sender, 421) or does not say before the content was offered means that it is away. Silence after that is the one unknown case.
"""

import asyncio
import time
from dataclasses import dataclass, field

import structlog
from aiosmtplib import SMTP, SMTPException
from aiosmtplib.errors import SMTPDataError, SMTPRecipientRefused, SMTPResponseException

from services.notify.adapters.gateways.mail import BAD_MAIL, mail_of, unwritable
from services.notify.adapters.gateways.port import Away, Outgoing
from services.notify.domain.contact import without_addresses
from services.notify.domain.message import Result, Verdict
from services.notify.settings import NotifySettings

CLOSING = 421
PERMANENT = 500
FRESH_SECONDS = 10.0
"""A connection unused for longer is asked whether it still stands before anything is entrusted to it."""

log = structlog.get_logger(__name__)


@dataclass
class SmtpGateway:
    settings: NotifySettings
    _client: SMTP = field(init=False)
    _used: float = field(default=0.0, init=False)
    _offered: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._client = _client(self.settings)

    async def open(self) -> None:
        try:
            async with asyncio.timeout(self.settings.mail_seconds):
                await self._ready()
        except (OSError, SMTPException) as error:
            raise self._away(error) from error

    async def deliver(self, outgoing: Outgoing) -> Result:
        try:
            mail = mail_of(outgoing, self.settings.mail_sender, self.settings.mail_domain)
        except BAD_MAIL as error:
            return Result(Verdict.REFUSED, unwritable(error))
        self._offered = False
        try:
            async with asyncio.timeout(self.settings.mail_seconds):
                await self._ready()
                return await self._converse(outgoing.address, mail)
        except (OSError, SMTPException) as error:
            away = self._away(error)
            if not self._offered:
                raise away from error
            return Result(Verdict.UNKNOWN, f"no answer after the mail was offered: {away}")

    async def close(self) -> None:
        if not self._client.is_connected:
            return
        try:
            async with asyncio.timeout(1):
                await self._client.quit()
        except (OSError, SMTPException) as error:
            log.debug("no good-bye", error=type(error).__name__)
        self._client.close()

    async def _ready(self) -> None:
        if self._client.is_connected and time.monotonic() - self._used > FRESH_SECONDS:
            try:
                await self._client.noop()
            except (OSError, SMTPException) as error:
                log.debug("the connection did not last", error=type(error).__name__)
                self._client.close()
        if not self._client.is_connected:
            # A connection that the other side ended keeps the client's lock until it is closed here too.
            self._client.close()
            await self._client.connect()
        self._used = time.monotonic()

    async def _converse(self, address: str, mail: bytes) -> Result:
        await self._client.mail(self.settings.mail_sender)
        try:
            await self._client.rcpt(address)
            self._offered = True
            await self._client.data(mail)
        except (SMTPRecipientRefused, SMTPDataError) as error:
            if error.code == CLOSING:
                raise self._away(error) from error
            await self._reset()
            verdict = Verdict.REFUSED if error.code >= PERMANENT else Verdict.DEFERRED
            return Result(verdict, without_addresses(f"{error.code} {error.message}"))
        return Result(Verdict.ACCEPTED)

    async def _reset(self) -> None:
        """Forget the half-finished envelope; the answer in hand stands, whatever comes of this."""
        try:
            await self._client.rset()
        except (OSError, SMTPException) as error:
            log.debug("the envelope was not reset", error=type(error).__name__)
            self._client.close()

    def _away(self, error: Exception) -> Away:
        """Give up the connection, and say why in words that may be kept."""
        self._client.close()
        reason = f"{error.code} {error.message}" if isinstance(error, SMTPResponseException) else str(error)
        return Away(without_addresses(reason or type(error).__name__))


def _client(settings: NotifySettings) -> SMTP:
    host, port = settings.smtp_address
    return SMTP(
        hostname=host,
        port=port,
        username=settings.smtp_user or None,
        password=settings.smtp_password.get_secret_value() or None,
        use_tls=settings.smtp_security == "tls",
        start_tls=settings.smtp_security == "starttls",
        local_hostname=settings.mail_domain,
        timeout=settings.mail_seconds,
    )
