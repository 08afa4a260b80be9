"""Answers to commands are kept for a week, and then forgotten with their Idempotency-Keys."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.backoff import Stopped, retry_forever
from messaging.clock import Clock

KEPT: Final = timedelta(days=7)
EVERY_SECONDS: Final = 3600.0
AT_A_TIME: Final = 5000

log = structlog.get_logger(__name__)

# By index command_at. What another process is deleting is its own.
_PURGE: Final = text("""
    DELETE FROM command WHERE (key, actor) IN (
        SELECT key, actor FROM command WHERE at < :before ORDER BY at LIMIT :most FOR UPDATE SKIP LOCKED
    )
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPurge:
    """Runs until `stopping`, every hour, a few thousand to a transaction."""

    database: AsyncEngine
    clock: Clock
    stopping: asyncio.Event

    async def run(self) -> None:
        try:
            while not self.stopping.is_set():
                purged = await retry_forever(self.round, self.stopping, "old answers")
                if purged < AT_A_TIME:
                    await self._rest()
        except Stopped:
            log.debug("purge stopped")

    async def round(self) -> int:
        """How many were forgotten."""
        async with self.database.begin() as connection:
            before = self.clock() - KEPT
            return (await connection.execute(_PURGE, {"before": before, "most": AT_A_TIME})).rowcount

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self.stopping.wait(), EVERY_SECONDS)
        except TimeoutError:
            return
