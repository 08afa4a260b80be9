"""Who reaches Kafka's port is nobody there; who has the credentials of one is nobody else."""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    KafkaError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
)

from contracts.kafka_rights import POST, USERS, rights
from contracts.services import SERVICES
from contracts.topics import CASES, CONTACTS, DEAD_LETTERS, DOSSIERS, KEYS, POST_ORDERS, SHIPMENTS, STAFF, TOPICS
from contracts.values import Lane
from deploy.local import kafka_users
from deploy.local.kafka import Kafka
from messaging.access_control import apply_rights
from messaging.kafka_access import KafkaAccess, Mechanism, Protocol
from messaging.producer import Outgoing, Producer
from messaging.topic_creation import create_topics
from tests.support.eventually import PATIENCE
from tests.support.secured_kafka import consumer_of, producer_of, secured_kafka

CASE_TOPIC = CASES.name(Lane.PROVINCE)
CONTACT_TOPIC = CONTACTS.name(Lane.PROVINCE)
NAMES = {name: topic for topic in (*TOPICS, *DEAD_LETTERS) for name in topic.names()}


@pytest.fixture(scope="module")
def kafka() -> Iterator[Kafka]:
    with secured_kafka() as broker:
        asyncio.run(_make_topics(broker))
        yield broker


async def _make_topics(broker: Kafka) -> None:
    """Each by its owner."""
    for user in USERS:
        await create_topics(broker.access(user), [topic for topic in (*TOPICS, *DEAD_LETTERS) if topic.owner == user])


async def may_write(access: KafkaAccess, topic: str) -> bool:
    return await writable(access, [topic]) == {topic}


async def writable(access: KafkaAccess, topics: Iterable[str]) -> set[str]:
    async with producer_of(access) as producer:
        return {topic for topic in topics if await _takes(producer, topic)}


async def _takes(producer: AIOKafkaProducer, topic: str) -> bool:
    try:
        await producer.send_and_wait(topic, b"rubbish", key=b"rubbish")
    except TopicAuthorizationFailedError:
        return False
    return True


async def may_read(access: KafkaAccess, topic: str) -> bool:
    try:
        async with consumer_of(access, topic) as consumer:
            await asyncio.wait_for(consumer.getmany(timeout_ms=200), PATIENCE)
    except TopicAuthorizationFailedError:
        return False
    return True


@pytest.mark.parametrize("topic", [KEYS.base, STAFF.base, CASE_TOPIC])
async def test_a_stranger_without_credentials_writes_nothing(kafka: Kafka, topic: str) -> None:
    with pytest.raises(KafkaError):
        await may_write(KafkaAccess(bootstrap=kafka.bootstrap), topic)


@pytest.mark.parametrize(
    "wrong",
    [
        {"user": "intake", "password": "guessed"},
        {"user": "nobody", "password": "guessed"},
        {"user": kafka_users.BROKER, "password": "guessed", "mechanism": Mechanism.PLAIN},
        {"user": "intake", "password": "guessed", "mechanism": Mechanism.PLAIN},
    ],
)
async def test_a_wrong_password_opens_nothing(kafka: Kafka, wrong: dict[str, str]) -> None:
    access = replace(kafka.access("intake"), **wrong)
    with pytest.raises(KafkaError):
        await may_write(access, DOSSIERS.name(Lane.PROVINCE))


async def test_the_controllers_port_is_no_way_round(kafka: Kafka) -> None:
    """Rights and passwords are changed there, so whoever may speak to it may do everything."""
    for access in (
        KafkaAccess(bootstrap=f"127.0.0.1:{kafka.controller_port}"),
        replace(kafka.access(POST), bootstrap=f"127.0.0.1:{kafka.controller_port}"),
        replace(kafka.access(kafka_users.BROKER), bootstrap=f"127.0.0.1:{kafka.controller_port}", password="guessed"),
    ):
        admin = AIOKafkaAdminClient(**access.arguments(), request_timeout_ms=3000)
        with pytest.raises(KafkaConnectionError):
            await admin.start()
        await admin.close()


@pytest.mark.parametrize("topic", [KEYS.base, STAFF.base, CASE_TOPIC])
async def test_with_the_posts_credentials_nobody_becomes_somebody_else(kafka: Kafka, topic: str) -> None:
    assert not await may_write(kafka.access(POST), topic)
    assert not await may_read(kafka.access(POST), topic)


async def test_the_post_has_its_two_topics(kafka: Kafka) -> None:
    assert await may_write(kafka.access(POST), SHIPMENTS.base)
    async with consumer_of(kafka.access(POST), POST_ORDERS.base, "post-office") as consumer:
        await consumer.getmany(timeout_ms=200)
        await consumer.commit()


@pytest.mark.parametrize("user", USERS)
async def test_each_user_writes_its_own_topics_and_no_others(kafka: Kafka, user: str) -> None:
    assert await writable(kafka.access(user), NAMES) == {name for name, topic in NAMES.items() if topic.owner == user}


@pytest.mark.parametrize("user", USERS)
async def test_each_user_reads_what_it_has_a_use_for_and_no_more(kafka: Kafka, user: str) -> None:
    may = {name for name in NAMES if await may_read(kafka.access(user), name)}
    assert may == {name for name, topic in NAMES.items() if user in {topic.owner, *topic.readers}}


async def test_contacts_are_read_by_notify_alone_beside_intake(kafka: Kafka) -> None:
    assert [user for user in USERS if await may_read(kafka.access(user), CONTACT_TOPIC)] == ["intake", "notify"]


async def test_a_group_is_its_services(kafka: Kafka) -> None:
    """Who could join it would take events away from whom they are for."""
    with pytest.raises(GroupAuthorizationFailedError):
        async with consumer_of(kafka.access("reporting"), DOSSIERS.name(Lane.PROVINCE), "routing.province") as consumer:
            await asyncio.wait_for(consumer.getmany(timeout_ms=500), PATIENCE)
    async with consumer_of(kafka.access("routing"), DOSSIERS.name(Lane.PROVINCE), "routing.province") as consumer:
        await consumer.commit()


async def test_a_fence_is_its_services(kafka: Kafka) -> None:
    """Who could take its transactional id would shut a service's relay out."""
    stranger = Producer(kafka.access("reporting"), "stranger", fence="intake.relay.common")
    with pytest.raises(TransactionalIdAuthorizationFailed):
        await stranger.start()
    await stranger.give_up()
    own = Producer(kafka.access("intake"), "intake.relay.common", fence="intake.relay.common")
    await own.start()
    await own.deliver([Outgoing(CONTACT_TOPIC, b"d-1", b"{}", [])])
    await own.stop()


async def test_topics_of_other_names_are_made_by_nobody(kafka: Kafka) -> None:
    admin = AIOKafkaAdminClient(**kafka.access("intake").arguments())
    await admin.start()
    try:
        (failed,) = (await admin.create_topics([NewTopic("intake.rubbish", 1, 1)])).topic_errors
        (deleted,) = (await admin.delete_topics([KEYS.base])).topic_error_codes
    finally:
        await admin.close()
    assert failed[1] == deleted[1] == TopicAuthorizationFailedError.errno


async def test_nobody_but_the_administrator_gives_rights(kafka: Kafka) -> None:
    for user in USERS:
        with pytest.raises(ClusterAuthorizationFailedError):
            await apply_rights(kafka.access(user), rights(), {})


async def test_rights_that_are_declared_no_longer_are_taken(kafka: Kafka) -> None:
    """And what was taken is given back: at every `motcua up` the rights are those that are declared."""
    fewer = {right for right in rights() if right.user != POST}
    taken = await apply_rights(kafka.access(kafka_users.ADMIN), fewer, {})
    assert not await may_write(kafka.access(POST), SHIPMENTS.base)
    given = await apply_rights(kafka.access(kafka_users.ADMIN), rights(), {})
    assert await may_write(kafka.access(POST), SHIPMENTS.base)
    again = await apply_rights(kafka.access(kafka_users.ADMIN), rights(), {})
    assert (taken.given, given.taken, again.given, again.taken) == (0, 0, 0, 0)
    assert taken.taken == given.given == len(rights()) - len(fewer)


async def test_a_password_that_was_changed_shuts_the_old_one_out(kafka: Kafka) -> None:
    old = kafka.access("notify")
    new = replace(old, password="another")
    await apply_rights(kafka.access(kafka_users.ADMIN), rights(), {"notify": "another"})
    assert await may_read(new, CONTACT_TOPIC)
    with pytest.raises(KafkaError):
        await may_read(old, CONTACT_TOPIC)
    await apply_rights(kafka.access(kafka_users.ADMIN), rights(), {"notify": old.password})
    assert await may_read(old, CONTACT_TOPIC)


def test_passwords_are_files_of_their_owner_and_nowhere_in_a_command(kafka: Kafka) -> None:
    assert kafka.users is not None
    files = [*kafka.users.iterdir(), kafka.settings_file]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert {file.stem for file in kafka.users.iterdir()} == {*SERVICES, POST, kafka_users.ADMIN, kafka_users.BROKER}
    passwords = {file.read_text() for file in kafka.users.iterdir()}
    assert len(passwords) == len(files) - 1
    accesses = [repr(kafka.access(user)) for user in USERS]
    shown = [*kafka.command, *accesses, *map(str, kafka.client_environment("intake").values())]
    assert not [password for password in passwords if password in " ".join(shown)]
    assert kafka.access("intake").protocol is Protocol.SASL_PLAINTEXT
