"""Topics are what their declaration says, on the broker too."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import uuid4

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from contracts.topics import DEAD_LETTERS, TOPICS, Kind, Topic
from messaging.topic_creation import create_topics
from messaging.topic_growth import with_lane_partitions
from tests.support.eventually import eventually


async def reported(kafka: str, names: list[str]) -> dict[str, tuple[int, dict[str, str]]]:
    """(partitions, configuration) of each topic."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        partitions = {description["topic"]: len(description["partitions"]) for description in await admin.describe_topics(names)}
        answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in names])
    finally:
        await admin.close()
    settings = {resource[3]: {entry[0]: entry[1] for entry in resource[4]} for answer in answers for resource in answer.resources}
    return {name: (partitions[name], settings[name]) for name in names}


async def test_the_broker_has_every_topic_as_it_is_declared(kafka_bootstrap: str) -> None:
    declared: dict[str, Topic] = {name: topic for topic in (*TOPICS, *DEAD_LETTERS) for name in topic.names()}
    await create_topics(kafka_bootstrap, [*TOPICS, *DEAD_LETTERS])
    await create_topics(kafka_bootstrap, [*TOPICS, *DEAD_LETTERS])

    async def as_declared() -> bool:
        reports = await reported(kafka_bootstrap, list(declared))
        assert {name: partitions for name, (partitions, _) in reports.items()} == {n: t.partitions for n, t in declared.items()}
        for name, topic in declared.items():
            assert topic.config().items() <= reports[name][1].items(), name
        return True

    await eventually(as_declared)


async def test_facts_are_kept_for_ever_but_those_with_an_address() -> None:
    kept = {topic.base for topic in TOPICS if topic.kind is Kind.FACTS and topic.retention_ms != -1}
    assert kept == {"intake.post-orders", "post.shipments"}


@pytest.mark.parametrize(("kind", "words"), [(Kind.FACTS, "keep their order"), (Kind.STATE, "stranded")])
async def test_a_topic_that_has_grown_is_used_with_a_warning(kafka_bootstrap: str, kind: Kind, words: str) -> None:
    topic = Topic(base=f"bank.grown-{uuid4().hex[:8]}", owner="bank", kind=kind, key="account", partitions=3)
    assert await create_topics(kafka_bootstrap, [topic]) == []

    async def warned() -> bool:
        (warning,) = await create_topics(kafka_bootstrap, [replace(topic, partitions=2)])
        return warning.startswith(f"{topic.base} has 3 partitions, declared are 2: ") and words in warning

    await eventually(lambda: warnings_are_there(warned))


async def warnings_are_there(warned: Callable[[], Awaitable[bool]]) -> bool:
    """A broker that has just made a topic may not name it yet."""
    try:
        return await warned()
    except ValueError as none_yet:
        raise AssertionError from none_yet


async def test_a_topic_with_fewer_partitions_than_are_declared_now_is_used_as_it_is(kafka_bootstrap: str) -> None:
    """It was made by an earlier release, or by a setting that has changed."""
    topic = Topic(base=f"bank.small-{uuid4().hex[:8]}", owner="bank", kind=Kind.FACTS, key="account", partitions=2)
    await create_topics(kafka_bootstrap, [topic])
    await eventually(lambda: reported(kafka_bootstrap, [topic.base]))
    assert await create_topics(kafka_bootstrap, [replace(topic, partitions=3)]) == []
    assert (await reported(kafka_bootstrap, [topic.base]))[topic.base][0] == 2


def test_partitions_per_lane_are_a_setting() -> None:
    made = {topic.base: topic.partitions for topic in with_lane_partitions(TOPICS, 5)}
    assert made == {topic.base: 5 if topic.laned else topic.partitions for topic in TOPICS}
    assert {topic.partitions for topic in TOPICS if topic.laned} == {12}


async def test_a_topic_that_somebody_has_set_otherwise_is_used_with_a_warning(kafka_bootstrap: str) -> None:
    topic = Topic(base=f"bank.altered-{uuid4().hex[:8]}", owner="bank", kind=Kind.FACTS, key="account", partitions=1)
    await create_topics(kafka_bootstrap, [topic])
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await admin.start()
    await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic.base, {"retention.ms": "60000"})])
    await admin.close()

    async def warned() -> bool:
        (warning,) = await create_topics(kafka_bootstrap, [topic])
        return warning == f"{topic.base}: retention.ms is set to 60000, declared is -1"

    await eventually(lambda: warnings_are_there(warned))


async def test_a_topic_with_too_few_copies_is_used_with_a_warning(kafka_bootstrap: str) -> None:
    topic = Topic(base=f"bank.alone-{uuid4().hex[:8]}", owner="bank", kind=Kind.FACTS, key="account", partitions=1)
    assert await create_topics(kafka_bootstrap, [topic]) == [], "one broker keeps one copy"

    async def warned() -> bool:
        (warning,) = await create_topics(kafka_bootstrap, [topic], replication=2)
        return warning == f"{topic.base}: its copies are 1 and should be 2: a lost broker may take records with it"

    await eventually(lambda: warnings_are_there(warned))


async def test_what_the_broker_refuses_is_told(kafka_bootstrap: str) -> None:
    topic = Topic(base=f"bank.copies-{uuid4().hex[:8]}", owner="bank", kind=Kind.FACTS, key="account", partitions=1)
    with pytest.raises(Exception, match="copies"):
        await create_topics(kafka_bootstrap, [topic], replication=3)
