"""Puts the post office together and runs it: its counter over HTTP, its work with Kafka behind it."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import uvicorn
from fastapi import FastAPI

from deploy.sandbox.post_office.background import Background
from deploy.sandbox.post_office.clock import clock_from
from deploy.sandbox.post_office.crypto import Cipher
from deploy.sandbox.post_office.http import create_app
from deploy.sandbox.post_office.login import login
from deploy.sandbox.post_office.office import Office
from deploy.sandbox.post_office.settings import PostOfficeSettings
from deploy.sandbox.post_office.store import Store

STORE_FILE = "book.sqlite3"  # installations have it under this name


def build(settings: PostOfficeSettings) -> FastAPI:
    """The office behind its counter; its background work and its store last as long as the application's lifespan."""
    office = Office(
        store=Store(settings.data / "post-office" / STORE_FILE),
        cipher=Cipher.from_files(settings.post_key_file, settings.intake_public_key_file),
        clock=clock_from(settings.clock),
        delivery_time=timedelta(seconds=settings.post_delivery_seconds),
    )
    background = Background(office=office, kafka=login(settings), process=settings.process, replication=settings.replication)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(background.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            office.store.close()

    return create_app(office, background.problems, lifespan)


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s", stream=sys.stdout)
    # aiokafka reports every passing change of a leader as an error; what matters is said by readiness.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    settings = PostOfficeSettings()
    address: dict[str, Any] = (
        {"uds": str(settings.http_socket)} if settings.http_socket else {"host": "127.0.0.1", "port": settings.http_port or 8025}
    )
    config = uvicorn.Config(build(settings), log_config=None, access_log=False, timeout_graceful_shutdown=3, **address)
    uvicorn.Server(config).run()
