"""Who may do what in Kafka: worked out from the declared topics, so that a topic and its rights cannot drift apart.

Each service is a user of its own name, and so is the post. A topic's owner alone writes it; owner and declared readers read it:
the owner compares what it knows with what Kafka has. Whoever needs a topic may make it, so that it does not matter who starts
first. Groups and transactional ids are somebody's by their prefix. What is not said here is refused.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from contracts.services import POST, SERVICES
from contracts.topics import DEAD_LETTERS, TOPICS, Topic

USERS: Final = (*SERVICES, POST)
_GROUPS_OF_OTHERS: Final = {POST: "post-office"}


class Resource(StrEnum):
    """Kafka's own names, as in `kafka-acls`."""

    TOPIC = "topic"
    GROUP = "group"
    TRANSACTIONAL_ID = "transactional-id"


class Operation(StrEnum):
    READ = "read"
    WRITE = "write"
    CREATE = "create"
    DESCRIBE = "describe"
    DESCRIBE_CONFIGS = "describe-configs"


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Right:
    """`prefixed`: of everything whose name begins so."""

    user: str
    operation: Operation
    resource: Resource
    name: str
    prefixed: bool = False


_READER: Final = (Operation.READ, Operation.CREATE, Operation.DESCRIBE, Operation.DESCRIBE_CONFIGS)
_OWNER: Final = (Operation.WRITE, *_READER)


def rights() -> frozenset[Right]:
    """Of all users."""
    of_topics = (right for topic in (*TOPICS, *DEAD_LETTERS) for right in _of_topic(topic))
    return frozenset((*of_topics, *(right for user in USERS for right in _of_user(user))))


def _of_topic(topic: Topic) -> list[Right]:
    may = dict.fromkeys(topic.readers, _READER) | {topic.owner: _OWNER}
    return [
        Right(user=user, operation=operation, resource=Resource.TOPIC, name=name)
        for user, operations in may.items()
        for name in topic.names()
        for operation in operations
    ]


def _of_user(user: str) -> list[Right]:
    if user in _GROUPS_OF_OTHERS:
        return [Right(user=user, operation=Operation.READ, resource=Resource.GROUP, name=_GROUPS_OF_OTHERS[user])]
    return [
        Right(user=user, operation=operation, resource=resource, name=f"{user}.", prefixed=True)
        for resource, operation in (
            (Resource.GROUP, Operation.READ),
            (Resource.TRANSACTIONAL_ID, Operation.WRITE),
        )
    ]
