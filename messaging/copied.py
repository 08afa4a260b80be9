"""Copies of a state topic as what a command loads."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.registry import Event
from messaging import copies

E = TypeVar("E", bound=Event)


class Copied(Generic[E]):
    """By entity id; what is unknown or forgotten is left out. Read, not locked."""

    def __init__(self, kind: type[E]) -> None:
        self._kind = kind

    async def load(self, connection: AsyncConnection, keys: Sequence[str]) -> dict[str, E]:
        return await copies.many(connection, self._kind, keys)
