"""What a service publishes, as far as it can be compared with its topics: where the number of each aggregate stands.

A database that forgot its last commits is brought up to its topics by this (docs/decisions/0039).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.registry import Event
from contracts.topics import Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """The aggregates of one topic: `number` is the column of `table` that holds the last number given to the one with that `id`.
    Rows of which `only` does not hold cannot bear a higher number without more being known about them.
    """

    topic: Topic
    table: str
    number: str = "version"
    only: str = "true"


class Counters(Protocol):
    """Numbers that a service gives beside those of its aggregates, such as codes."""

    def note(self, event: Event) -> None:
        """One of the service's own events, from Kafka, in no order."""

    async def save(self, connection: AsyncConnection) -> int:
        """Raise what is lower than the noted events say, and nothing else; how many were raised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    numbered: tuple[Numbered, ...] = ()
    counters: Callable[[], Counters] | None = None

    @property
    def topics(self) -> tuple[Topic, ...]:
        return tuple(numbered.topic for numbered in self.numbered)

    def of(self, name: str) -> Numbered:
        """By one of its topic's names."""
        return next(numbered for numbered in self.numbered if name in numbered.topic.names())


NOTHING_PUBLISHED = Publication()
