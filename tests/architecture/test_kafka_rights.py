"""Rights in Kafka follow from the declared topics, and the declared readers are those who read."""

from importlib import import_module

from contracts.kafka_rights import USERS, Operation, Resource, rights
from contracts.services import POST, SERVICES
from contracts.topics import DEAD_LETTERS, POST_ORDERS, TOPICS

NAMES = {name: topic for topic in (*TOPICS, *DEAD_LETTERS) for name in topic.names()}


def users_of(topic: str, operation: Operation) -> set[str]:
    return {
        right.user
        for right in rights()
        if (right.resource, right.operation, right.name, right.prefixed) == (Resource.TOPIC, operation, topic, False)
    }


def test_the_declared_readers_are_those_whose_tables_read() -> None:
    """One too few, and a service hears nothing; one too many, and it may read what it has no use for."""
    declared = {service: {topic.base for topic in TOPICS if service in topic.readers} for service in SERVICES}
    reads = {
        service: {topic.base for topic in import_module(f"services.{service}.consumers").TABLE.reads} for service in SERVICES
    }
    assert declared == reads
    assert [topic for topic in TOPICS if POST in topic.readers] == [POST_ORDERS]


def test_each_topic_has_one_writer_its_owner() -> None:
    assert {name: users_of(name, Operation.WRITE) for name in NAMES} == {name: {topic.owner} for name, topic in NAMES.items()}


def test_each_topic_is_read_by_its_owner_and_its_readers() -> None:
    assert {name: users_of(name, Operation.READ) for name in NAMES} == {
        name: {topic.owner, *topic.readers} for name, topic in NAMES.items()
    }


def test_no_right_is_of_more_than_one_topic_or_of_somebody_else_s_names() -> None:
    assert {right.name for right in rights() if right.resource is Resource.TOPIC} == {*NAMES}
    assert {right.user for right in rights()} == {*USERS}
    prefixed = {(right.user, right.name) for right in rights() if right.prefixed}
    assert prefixed == {(service, f"{service}.") for service in SERVICES}
