"""The words of a service's table of commands: which command goes to which pure handler, what is loaded for it, who may give it.

A handler is `(command, work) -> Answer`. It reads what was loaded from its unit of work and leaves there what it decides; it
raises `Refusal` when the rules say no, and then nothing of it happened. No I/O: the batch loads before and saves afterwards.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.registry import Event
from contracts.topics import Topic
from messaging.handler_table import Decision, numbered
from messaging.outbox import Draft

B = TypeVar("B")
S = TypeVar("S")
S_co = TypeVar("S_co", covariant=True)


class Loader(Protocol[S_co]):
    """Loads many at once, by key. Aggregates are locked in key order, reference data is only read. What is not there is left
    out.
    """

    async def load(self, connection: AsyncConnection, keys: Sequence[Any], /) -> Mapping[Any, S_co]: ...


class Saver(Protocol):
    """Saves many at once. A state's key is its `id`."""

    async def save(self, connection: AsyncConnection, states: Sequence[Any], /) -> None: ...


StateKey = tuple[object, Any]
"""(loader or saver, key)"""


Owner = tuple[str, str]
"""(key, actor): whose Idempotency-Key it is"""


@dataclass(frozen=True, slots=True)
class CommandKey:
    """Who sent what under which key. `fingerprint`: the same key for another request is a mistake and refused. Whoever reads the
    table could try out what is short, a number or a password: a service that takes such things gives its own `secret`.
    """

    key: str
    actor: str
    fingerprint: str

    @property
    def owner(self) -> Owner:
        return self.key, self.actor

    @classmethod
    def of(cls, key: str, actor: str, route: str, body: bytes | str, *, secret: bytes | None = None) -> "CommandKey":
        content = route.encode() + b"\n" + (body if isinstance(body, bytes) else body.encode("utf-8", "backslashreplace"))
        plain = hashlib.sha256(content).digest()
        return cls(key, actor, (plain if secret is None else hmac.digest(secret, plain, hashlib.sha256)).hex())


@dataclass(frozen=True, slots=True)
class Answer:
    """What the client gets, now and whenever it sends the same command again."""

    body: dict[str, Any]
    status: int = HTTPStatus.OK


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(Generic[B]):
    """What is to be done (`body`; its class names the line of the table), by whom, to which aggregate, as last seen in which
    version (0: a new one, or it does not matter). Without a `key` the same command again is another one.
    """

    body: B
    by: Any = None
    target: str = ""
    seen: int = 0
    key: CommandKey | None = None
    correlation: str | None = None


class NotLoaded(LookupError):  # noqa: N818 -- "not loaded" is what it says
    """A handler asked for what its line of the table does not load, or not for the state that the batch has come to."""


class LocksTaken(Exception):  # noqa: N818 -- a finding: the batch goes again without them
    """Somebody else has locked one of these, for longer than a batch waits. Nothing has happened."""

    def __init__(self, keys: Iterable[StateKey]) -> None:
        super().__init__()
        self.keys = frozenset(keys)


@dataclass(kw_only=True)
class UnitOfWork:
    """One command's view of its batch: what was loaded and what the commands before it made of it, and its own changes."""

    now: datetime
    states: Mapping[StateKey, Any]
    correlation: str | None = None
    changed: dict[StateKey, Any] = field(default_factory=dict)
    drafts: list[Draft] = field(default_factory=list)

    def get(self, loader: Loader[S], key: Any) -> S | None:
        """None where there is none. Raises NotLoaded."""
        state = (loader, key)
        if state in self.changed:
            return self.changed[state]  # type: ignore[no-any-return]
        try:
            return self.states[state]  # type: ignore[no-any-return]
        except KeyError:
            raise NotLoaded(f"{type(loader).__name__} {key}") from None

    def save(self, saver: Saver, state: S) -> S:
        self.changed[saver, state.id] = state  # type: ignore[attr-defined]
        return state

    def record(self, saver: Saver, decision: Decision[S]) -> S:
        """Number a decision's events and queue them; the state that has recorded them is saved, and returned."""
        state, rows = numbered(decision, self.now, correlation=self.correlation)
        self.drafts += rows
        return self.save(saver, state)

    def publish_state(self, topic: Topic, event: Event | None, kind: str, entity: str, version: int) -> None:
        """Publish an entity of a state topic without lanes in a version; None is a tombstone."""
        payload = None if event is None else event.model_dump_json(exclude_none=True).encode()
        self.drafts.append(
            Draft(
                topic=topic,
                type=kind,
                subject=entity,
                sequence=version,
                lane=None,
                payload=payload,
                time=self.now,
                correlation=self.correlation,
            )
        )


Keys = Callable[[Command[Any], UnitOfWork], Iterable[Any]]


def target(command: Command[Any], _: UnitOfWork) -> Iterable[str]:
    """The key of the aggregate that the command names."""
    return (command.target,)


@dataclass(frozen=True, slots=True)
class Load:
    """What a command needs of one loader. `keys` may look at what the loaders before it in the table have loaded."""

    loader: Loader[Any]
    keys: Keys = target


def anybody(_: Command[Any], __: UnitOfWork) -> None:
    """For commands that prove their right in another way than by who gives them; the entry says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandEntry:
    """One line of the table. `may` raises the Refusal of whoever may not, before the handler is asked. `alone`: in a transaction
    of its own, because it loads the whole of something, and not by key what others may have changed in the same batch.
    """

    body: type[Any]
    handler: Callable[[Command[Any], UnitOfWork], Answer]
    may: Callable[[Command[Any], UnitOfWork], None]
    loads: tuple[Load, ...] = ()
    alone: bool = False


@dataclass(frozen=True, kw_only=True)
class CommandTable:
    """A service's whole table. `order`: all loaders and savers, in the order in which they are locked, and then saved."""

    order: tuple[object, ...] = ()
    entries: tuple[CommandEntry, ...] = ()
    by_body: dict[type[Any], CommandEntry] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for entry in self.entries:
            for load in entry.loads:
                if load.loader not in self.order:
                    raise ValueError(f"{entry.body.__name__} loads {type(load.loader).__name__}: it needs a place in `order`")
            self.by_body[entry.body] = entry

    def together(self, commands: Sequence[Command[Any]]) -> Sequence[Command[Any]]:
        """The first of these that may share a transaction; at least one."""
        for index, command in enumerate(commands):
            entry = self.by_body.get(type(command.body))
            if entry is not None and entry.alone:
                return commands[: max(index, 1)]
        return commands

    def joined(self, other: "CommandTable") -> "CommandTable":
        """Both tables as one; what is loaded by `other` is locked last."""
        return CommandTable(order=(*self.order, *other.order), entries=(*self.entries, *other.entries))
