"""The sandbox's mail server: takes any mail, sends none on, and keeps what it took. `python -m deploy.sandbox.mail_server`.

SMTP on `MOTCUA_SMTP`; a small HTTP side to look at the mail on `MOTCUA_HTTP_SOCKET` or `MOTCUA_HTTP_PORT`, if one is given.
"""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import uvicorn
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.sandbox.mail_server_box import Box
from deploy.sandbox.mail_server_pages import create_pages
from deploy.sandbox.mail_server_smtp import Faults, MailServer


class MailServerSettings(BaseSettings):
    """`MOTCUA_...`. The box is `mail_folder`, or `data/mail`. The faults are those of `Faults`; `mail_refused` has commas."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", extra="ignore")

    smtp: str = Field(default="127.0.0.1:1025", pattern=r"^.+:[0-9]{1,5}$")
    data: Path = Path(".motcua")
    mail_folder: Path | None = None
    http_socket: Path | None = None
    http_port: int | None = None
    mail_defer_every: int = Field(default=0, ge=0)
    mail_drop_every: int = Field(default=0, ge=0)
    mail_slow_seconds: float = Field(default=0, ge=0, le=600)
    mail_refused: str = ""

    @property
    def folder(self) -> Path:
        return self.mail_folder or self.data / "mail"

    def faults(self) -> Faults:
        refused = tuple(one.strip() for one in self.mail_refused.split(",") if one.strip())
        return Faults(self.mail_defer_every, self.mail_drop_every, self.mail_slow_seconds, refused)


async def run(settings: MailServerSettings) -> None:
    """Serve until SIGTERM or SIGINT."""
    host, _, port = settings.smtp.rpartition(":")
    server = MailServer(Box(settings.folder), host, int(port), settings.faults())
    await server.start()
    print(f"mail: SMTP {server.host}:{server.port} -> {settings.folder}", file=sys.stderr, flush=True)  # noqa: T201 -- its log
    try:
        async with _stopping() as stopping:
            await _serve_pages(settings, server.box) if settings.http_socket or settings.http_port else await stopping.wait()
    finally:
        await server.stop()


async def _serve_pages(settings: MailServerSettings, box: Box) -> None:
    """It ends by the same signals, which uvicorn takes over while it runs."""
    config = uvicorn.Config(
        create_pages(box),
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=2,
        uds=str(settings.http_socket) if settings.http_socket else None,
        port=settings.http_port or 0,
    )
    await uvicorn.Server(config).serve()


@contextlib.asynccontextmanager
async def _stopping() -> AsyncIterator[asyncio.Event]:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    try:
        yield stopping
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


if __name__ == "__main__":
    asyncio.run(run(MailServerSettings()))
