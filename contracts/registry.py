"""Which class speaks for which event type. An event registers itself where it is declared; its module's name is its owner."""

import re
from collections.abc import Callable
from typing import ClassVar, Final, TypeVar

from contracts.topics import Topic
from contracts.values import Value

_TYPE = re.compile(r"^vn\.motcua\.(?P<service>[a-z]+)\.(?P<thing>[a-z-]+)\.(?P<past_tense>[a-z-]+)\.v(?P<version>[1-9][0-9]*)$")


class Event(Value):
    """The data of one event. `TYPE` and `TOPIC` are set by `@event`."""

    TYPE: ClassVar[str]
    TOPIC: ClassVar[Topic]


E = TypeVar("E", bound=Event)
EVENTS: Final[dict[str, type[Event]]] = {}


def event(kind: str, topic: Topic) -> Callable[[type[E]], type[E]]:
    """Register a class as `vn.motcua.<owner>.<thing>.<past tense>.v<N>`; only the topic's owner may declare on it."""

    def register(cls: type[E]) -> type[E]:
        owner = cls.__module__.rpartition(".")[2]
        name = f"vn.motcua.{owner}.{kind}"
        if not _TYPE.fullmatch(name):
            raise ValueError(f"{name} is not vn.motcua.<service>.<thing>.<past tense>.v<N>")
        if topic.owner != owner:
            raise ValueError(f"{cls.__qualname__} stands in {owner} but {topic.base} is owned by {topic.owner}")
        if name in EVENTS:
            raise ValueError(f"{name} is declared twice")
        cls.TYPE, cls.TOPIC = name, topic
        EVENTS[name] = cls
        return cls

    return register


def owner_and_version(kind: str) -> tuple[str, int] | None:
    """Who publishes events of a type, known here or not, and in which version; None for what is written in no such way."""
    match = _TYPE.fullmatch(kind)
    return (match["service"], int(match["version"])) if match else None


def without_version(kind: str) -> str:
    return kind.rpartition(".v")[0]
