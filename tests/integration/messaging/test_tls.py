"""Kafka and PostgreSQL over TLS: the path of a fact through both, and what a stranger's certificate is worth."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiokafka.errors import KafkaError, TopicAuthorizationFailedError
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from contracts.topics import CASES, POST_ORDERS, SHIPMENTS
from contracts.values import Lane
from deploy.local import kafka_users
from deploy.local.ports import HOST
from messaging.connections import make_engine
from messaging.kafka_access import KafkaAccess, Protocol
from messaging.topic_creation import create_topics
from tests.support.secured_kafka import producer_of
from tests.support.servers import PostgresServer
from tests.support.tally_world import names, tally_world
from tests.support.tls_servers import TlsServers, tls_servers


@pytest.fixture(scope="module")
async def encrypted(postgres: PostgresServer) -> AsyncIterator[TlsServers]:
    async with tls_servers(postgres) as servers:
        yield servers


async def test_a_fact_goes_its_way_over_tls_alone(encrypted: TlsServers) -> None:
    """Consumer, engine, outbox, bell and relay, each over connections of its own."""
    access = encrypted.kafka.access(kafka_users.ADMIN)
    async with tally_world(access, encrypted.postgres) as world:
        accounts = names("tls", 5)
        async with world.ready():
            await world.good(accounts, 10)
            await world.was_applied_effectively_once(dict.fromkeys(accounts, 10))
    assert encrypted.front.refused == 0


@pytest.mark.parametrize("protocol", [Protocol.PLAINTEXT, Protocol.SASL_PLAINTEXT])
async def test_nobody_speaks_to_it_in_the_clear(encrypted: TlsServers, protocol: Protocol) -> None:
    access = replace(encrypted.kafka.access("intake"), protocol=protocol, ca_file=None)
    with pytest.raises(KafkaError):
        async with producer_of(access):
            pass


async def test_brokers_and_databases_that_somebody_else_vouches_for_are_told_nothing(encrypted: TlsServers) -> None:
    """Neither our password nor a row."""
    stranger = encrypted.stranger.file
    with pytest.raises(KafkaError):
        async with producer_of(replace(encrypted.kafka.access("intake"), ca_file=stranger)):
            pass
    url = await encrypted.postgres.create_database("stranger")
    with pytest.raises(OperationalError, match="certificate verify failed"):
        await _connect(url.replace(str(encrypted.authority.file), str(stranger)))


async def test_a_database_under_another_name_is_not_ours(encrypted: TlsServers) -> None:
    url = await encrypted.postgres.create_database("named")
    await _connect(url)
    with pytest.raises(OperationalError, match="does not match host name"):
        await _connect(url.replace(HOST, "localhost"))


async def test_a_certificate_says_who_one_is(encrypted: TlsServers) -> None:
    """Without a password; and the rights are the same."""
    access = encrypted.kafka.mutual(encrypted.authority.sign("post"))
    await create_topics(access, [SHIPMENTS, POST_ORDERS])
    await create_topics(encrypted.kafka.access("routing"), [CASES])
    async with producer_of(access) as producer:
        await producer.send_and_wait(SHIPMENTS.base, b"{}")
        with pytest.raises(TopicAuthorizationFailedError):
            await producer.send_and_wait(CASES.name(Lane.PROVINCE), b"{}")


@pytest.mark.parametrize("shown", ["nothing", "a stranger's"])
async def test_without_a_certificate_of_ours_nobody_comes_in(encrypted: TlsServers, shown: str) -> None:
    access = encrypted.kafka.mutual(encrypted.stranger.sign("intake"))
    with pytest.raises(KafkaError):
        async with producer_of(replace(access, certificate_file=None) if shown == "nothing" else access):
            pass


async def _connect(url: str) -> None:
    engine = make_engine(url, pool_size=1)
    try:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    finally:
        await engine.dispose()


def test_an_unfit_authority_is_said_at_once(tmp_path: Path) -> None:
    access = KafkaAccess(bootstrap="127.0.0.1:1", protocol=Protocol.SSL, ca_file=tmp_path / "absent.pem")
    with pytest.raises(FileNotFoundError):
        access.arguments()
