"""Puts the mail server together and runs it until it is told to end.

SMTP on `MOTCUA_SMTP`; a small HTTP side to look at the mail on `MOTCUA_HTTP_SOCKET` or `MOTCUA_HTTP_PORT`, if one is given.
"""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator

import uvicorn

from deploy.sandbox.mail_server.mailbox import Mailbox
from deploy.sandbox.mail_server.pages import create_pages
from deploy.sandbox.mail_server.settings import MailServerSettings
from deploy.sandbox.mail_server.smtp import MailServer

END_SIGNALS = (signal.SIGTERM, signal.SIGINT)


async def run(settings: MailServerSettings) -> None:
    """Serve until SIGTERM or SIGINT."""
    host, _, port = settings.smtp.rpartition(":")
    server = MailServer(mailbox=Mailbox(settings.folder), host=host, port=int(port), faults=settings.faults())
    await server.start()
    print(f"mail: SMTP {server.host}:{server.port} -> {settings.folder}", file=sys.stderr, flush=True)  # noqa: T201 -- its log
    try:
        async with _end_signal() as end_signal:
            if settings.http_socket or settings.http_port:
                await _serve_pages(settings, server.mailbox)
            else:
                await end_signal.wait()
    finally:
        await server.stop()


async def _serve_pages(settings: MailServerSettings, mailbox: Mailbox) -> None:
    """It ends by the same signals, which uvicorn takes over while it runs."""
    config = uvicorn.Config(
        create_pages(mailbox),
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=2,
        uds=str(settings.http_socket) if settings.http_socket else None,
        port=settings.http_port or 0,
    )
    await uvicorn.Server(config).serve()


@contextlib.asynccontextmanager
async def _end_signal() -> AsyncIterator[asyncio.Event]:
    """An event that is set by the first of the signals that end a process."""
    received = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in END_SIGNALS:
        loop.add_signal_handler(number, received.set)
    try:
        yield received
    finally:
        for number in END_SIGNALS:
            loop.remove_signal_handler(number)


def main() -> None:
    asyncio.run(run(MailServerSettings()))
