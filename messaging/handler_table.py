"""The words of a consumer's table: which event goes to which pure handler over which store.

A handler is `(state | None, event, context) -> Decision | None`; None means that there is nothing to do. It raises
`Refusal` when the event cannot be right for this state, and `Waiting` when a version of some entity has not come yet.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.envelope import Attributes, Envelope
from contracts.registry import EVENTS, Event, without_version
from contracts.topics import Kind, Topic
from contracts.values import Lane
from messaging.outbox import Draft, drafts
from messaging.publication import NOTHING_PUBLISHED, Publication

S = TypeVar("S")


class Store(Protocol[S]):
    """Loads and saves many aggregates at once. `load` locks their rows in id order (SELECT ... FOR UPDATE ORDER BY id).

    Where two publishers or two subjects lead to one row, `load` makes missing rows first (INSERT ... ON CONFLICT DO NOTHING in
    id order): two consumers that both groups nothing would otherwise both begin anew, and the second overwrite the first.
    """

    async def load(self, connection: AsyncConnection, ids: Sequence[str], /) -> dict[str, S]: ...
    async def save(self, connection: AsyncConnection, states: Sequence[S], /) -> None: ...


@dataclass(frozen=True, slots=True)
class Decision(Generic[S]):
    """The state after, and what to publish about it.

    A state with events is an `Aggregate`: `numbered` numbers the events, and the state records them.
    """

    state: S
    events: tuple[Event, ...] = ()


def numbered(
    decision: Decision[S], time: datetime, *, correlation: str | None, causation: str | None = None
) -> tuple[S, list[Draft]]:
    """The state that has recorded its events, and they as outbox rows."""
    if not decision.events:
        return decision.state, []
    state: Any = decision.state
    rows = drafts(state.id, state.lane, state.version, decision.events, time, correlation=correlation, causation=causation)
    return state.recorded(decision.events), rows


class Waiting(Exception):  # noqa: N818 -- not an error: the event waits its turn
    """The handler needs a later version of an entity than the one that has come: its event waits, and what follows it."""

    def __init__(self, topic: Topic, entity: str, version: int) -> None:
        super().__init__(f"waits for {topic.base}/{entity} in version {version}")
        self.topic, self.entity, self.version = topic.base, entity, version


@dataclass(frozen=True, slots=True)
class Context:
    """What a handler may know besides state and event: the envelope, the clock, what the service loaded for the batch, and
    the lane that the event came by (None where its topic has none): what begins with it keeps its lane for life.
    """

    attributes: Attributes
    now: datetime
    known: Any = None
    lane: Lane | None = None


class Effect(Enum):
    """Projections can be rebuilt by a replay. Processes act on the world and are never replayed."""

    PROJECTION = "projection"
    PROCESS = "process"


def by_subject(attributes: Attributes, _: Any) -> str:
    return attributes.subject


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the table. `key` names the aggregate that the event concerns, its subject if nothing else is said."""

    event: type[Event]
    handler: Callable[[Any, Any, Context], Decision[Any] | None]
    store: Store[Any]
    effect: Effect
    key: Callable[[Attributes, Any], str] = field(default=by_subject, kw_only=True)


async def nothing_known(_: AsyncConnection, __: Sequence[Envelope]) -> None:
    return None


@dataclass(frozen=True)
class Table:
    """A service's whole table: topics it reads, entries, and `prepare`, which loads reference data once per batch.

    `selective`: topics whose publisher may say more than concerns us. A type there that nobody here knows is of no use.
    `publishes`: what it says itself, and where the numbers of that stand.
    """

    service: str
    reads: tuple[Topic, ...]
    entries: tuple[Entry, ...] = ()
    prepare: Callable[[AsyncConnection, Sequence[Envelope]], Awaitable[Any]] = nothing_known
    selective: tuple[Topic, ...] = field(default=(), kw_only=True)
    publishes: Publication = field(default=NOTHING_PUBLISHED, kw_only=True)
    by_type: dict[str, tuple[Entry, ...]] = field(init=False, default_factory=dict)
    _indexes: dict[Store[Any], int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for entry in self.entries:
            if entry.event.TOPIC not in self.reads or entry.event.TOPIC.kind is not Kind.FACTS:
                raise ValueError(f"{self.service} has a handler for {entry.event.TYPE} but does not read it as a fact")
            self.by_type[entry.event.TYPE] = (*self.by_type.get(entry.event.TYPE, ()), entry)
            self._indexes.setdefault(entry.store, len(self._indexes))

    def stores(self) -> tuple[Store[Any], ...]:
        """In the order of the table: the lock order between kinds of aggregates."""
        return tuple(self._indexes)

    def index_of(self, store: Store[Any]) -> int:
        """Which of `stores()` it is."""
        return self._indexes[store]

    def entries_of(self, kind: str, effects: frozenset[Effect]) -> tuple[Entry, ...]:
        """The lines of one type of event, of these effects only."""
        entries = self.by_type[kind]
        return entries if len(effects) == len(Effect) else tuple(entry for entry in entries if entry.effect in effects)

    def does_without(self, topic: str, unknown: str) -> bool:
        """Whether a type that is not known here is of no use: a version of what we know and have no entry for, or of a topic of
        which we take only what the entries say. A version of what we do use is never that.
        """
        name = without_version(unknown)
        if any(without_version(kind) == name for kind in self.by_type):
            return False
        return any(without_version(kind) == name for kind in EVENTS) or any(topic == taken.base for taken in self.selective)

    def groups(self, lanes: Sequence[Lane]) -> dict[str, tuple[str, ...]]:
        """Consumer group -> topics, for a process that serves these lanes. What has no lane is read in two groups: facts, of
        which there may be a flood, and state, by which people are signed out.
        """
        groups: dict[str, list[str]] = {}
        for topic in self.reads:
            if topic.laned or topic.served_with:
                for lane in lanes:
                    if topic.laned or topic.served_with is lane:
                        groups.setdefault(f"{self.service}.{lane}", []).append(topic.name(lane))
            else:
                kind = "facts" if topic.kind is Kind.FACTS else "common"
                groups.setdefault(f"{self.service}.{kind}", []).append(topic.base)
        return {group: tuple(names) for group, names in groups.items()}
