"""The sandbox's post office: a stand-in for the public post, another organisation. `python -m deploy.sandbox.post_office`.

It shares nothing with Một Cửa but the event contract: it reads `intake.post-orders`, opens the recipient that is sealed for it,
"carries" the parcel, and tells `post.shipments` what became of it; at its counter (`POST /post/collections`) citizens hand in
dossiers, which it tells as collected. The address is forgotten with the delivery. In production the real post takes this
place, and nothing of ours changes.
"""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.sandbox.post_office_book import Book
from deploy.sandbox.post_office_clock import clock_from
from deploy.sandbox.post_office_counter import create_counter
from deploy.sandbox.post_office_seal import Seal
from deploy.sandbox.post_office_wire import Office


class PostOfficeSettings(BaseSettings):
    """`MOTCUA_...`. `post_delivery_seconds`: how long a parcel is on its way."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", extra="ignore")

    kafka: str = "127.0.0.1:9092"
    data: Path = Path(".motcua")
    post_key_file: Path
    intake_public_key_file: Path
    post_delivery_seconds: float = Field(default=1.0, ge=0, le=30 * 86_400)
    clock: str = ""
    process: str = "post-office"
    http_socket: Path | None = None
    http_port: int | None = None


def build(settings: PostOfficeSettings) -> FastAPI:
    """The office behind its counter; it opens its book and works while the application's lifespan lasts."""
    office = Office(
        book=Book(settings.data / "post-office" / "book.sqlite3"),
        seal=Seal.from_files(settings.post_key_file, settings.intake_public_key_file),
        kafka=settings.kafka,
        clock=clock_from(settings.clock),
        carrying=timedelta(seconds=settings.post_delivery_seconds),
        process=settings.process,
    )

    @asynccontextmanager
    async def working() -> AsyncIterator[None]:
        work = asyncio.create_task(office.work())
        try:
            yield
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            office.book.close()

    return create_counter(office, working)


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s", stream=sys.stdout)
    # aiokafka reports every passing change of a leader as an error; what matters is said by readiness.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    settings = PostOfficeSettings()
    where: dict[str, Any] = (
        {"uds": str(settings.http_socket)} if settings.http_socket else {"host": "127.0.0.1", "port": settings.http_port or 8025}
    )
    config = uvicorn.Config(build(settings), log_config=None, access_log=False, timeout_graceful_shutdown=3, **where)
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main()
