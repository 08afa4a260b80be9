"""A process's connections, in pools that are apart: commands, consumers and pages take none of each other's, and what may take
long has its own. Each kind has the limits that PostgreSQL keeps for it (messaging.connections).
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.settings import ProcessSettings
from messaging.connections import COMMANDS, CONSUMERS, JOBS, PAGES, make_engine, without_transactions
from messaging.handler_table import Table

JOB_CONNECTIONS: Final = 2
LISTENING: Final = 1
PARTS_BESIDES: Final = 3
"""Drain, purge, and what readiness asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolSizes:
    """How many connections each pool opens at most. No part of messaging waits for another's."""

    commands: int
    consumers: int
    pages: int

    @classmethod
    def of(cls, settings: ProcessSettings, table: Table) -> "PoolSizes":
        lanes = settings.served_lanes()
        commands = max(2, settings.pool_size // 3)
        parts = len(table.groups(lanes)) + len(lanes) + 1 + PARTS_BESIDES
        return cls(
            commands=commands,
            consumers=parts + settings.background_connections,
            pages=max(2, settings.pool_size - commands),
        )

    @property
    def total(self) -> int:
        return self.commands + self.consumers + self.pages + JOB_CONNECTIONS + LISTENING


@dataclass(frozen=True, kw_only=True)
class Pools:
    """`pages` and `jobs` are for those who only read: each statement by itself, without a transaction around it."""

    commands: AsyncEngine
    consumers: AsyncEngine
    pages: AsyncEngine
    jobs: AsyncEngine

    @classmethod
    def of(cls, url: str, sizes: PoolSizes) -> "Pools":
        return cls(
            commands=make_engine(url, sizes.commands, COMMANDS),
            consumers=make_engine(url, sizes.consumers, CONSUMERS),
            pages=without_transactions(make_engine(url, sizes.pages, PAGES)),
            jobs=without_transactions(make_engine(url, JOB_CONNECTIONS, JOBS)),
        )
