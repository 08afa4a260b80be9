"""Fixtures: one real Kafka and one real PostgreSQL for the whole test session.

`MOTCUA_TEST_SERVERS` chooses: `embedded` (the servers of deploy/local), `containers` (testcontainers), or `auto`, the default:
containers where a Docker engine answers, embedded ones where none does. The tests are the same.
"""

import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import pytest
from psycopg import sql

from tests.support.embedded import EmbeddedServers, start_servers

LONGEST_NAME = 40


@dataclass(frozen=True)
class PostgresServer:
    """A server on which every test may have databases of its own; `user` may create them."""

    host: str
    port: int
    user: str
    password: str

    async def create_database(self, name: str) -> str:
        """A fresh, empty database; answers with its address. `name` is only for reading logs, it need not be unique."""
        return await self._create(name, "template1")

    async def restored(self, url: str) -> str:
        """The address of a database as that one is now, as a backup would be. Nobody may be connected to it."""
        name = url.rpartition("/")[2]
        return await self._create(name, name)

    async def _create(self, name: str, template: str) -> str:
        readable = re.sub(r"[^a-z0-9_]+", "_", name.lower())[:LONGEST_NAME]
        database = f"{readable}_{uuid.uuid4().hex[:8]}"
        conninfo = psycopg.conninfo.make_conninfo(
            host=self.host, port=self.port, user=self.user, password=self.password, dbname="postgres"
        )
        query = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(database), sql.Identifier(template))
        async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
            await connection.execute(query)
        return f"postgresql+psycopg://{self.user}:{self.password}@{self.host}:{self.port}/{database}"


@dataclass(frozen=True)
class Servers:
    bootstrap: str
    postgres: PostgresServer


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    chosen = os.environ.get("MOTCUA_TEST_SERVERS", "auto")
    assert chosen in {"embedded", "containers", "auto"}, f"MOTCUA_TEST_SERVERS={chosen}"
    with _containers() if chosen == "containers" or (chosen == "auto" and _docker_answers()) else _embedded() as both:
        yield both


@pytest.fixture(scope="session")
def kafka_bootstrap(servers: Servers) -> str:
    """`host:port` of the broker. It is shared: give topics and groups names of their own."""
    return servers.bootstrap


@pytest.fixture(scope="session")
def postgres(servers: Servers) -> PostgresServer:
    return servers.postgres


@pytest.fixture
def own_servers() -> Iterator[EmbeddedServers]:
    """Embedded servers of this test alone, to be killed, frozen and started again. It costs about five seconds."""
    own = start_servers()
    try:
        yield own
    finally:
        own.close()


def as_postgres_server(own: EmbeddedServers) -> PostgresServer:
    return PostgresServer("127.0.0.1", own.postgres_port, "postgres", own.postgres_password)


@contextmanager
def _embedded() -> Iterator[Servers]:
    own = start_servers()
    try:
        yield Servers(own.bootstrap, as_postgres_server(own))
    finally:
        own.close()


def _docker_answers() -> bool:
    """Asked in a process of its own: the client leaves sockets open when nobody answers."""
    question = "import docker; docker.from_env(timeout=2)"
    return subprocess.run([sys.executable, "-c", question], capture_output=True, check=False).returncode == 0


@contextmanager
def _containers() -> Iterator[Servers]:
    from testcontainers.community.kafka import KafkaContainer
    from testcontainers.community.postgres import PostgresContainer

    kafka = (
        KafkaContainer()
        .with_kraft()
        .with_env("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
        .with_env("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0")
    )
    with kafka, PostgresContainer("postgres:18", username="postgres", password="tests-only") as database:
        port = int(database.get_exposed_port(5432))
        server = PostgresServer(database.get_container_host_ip(), port, "postgres", "tests-only")
        yield Servers(kafka.get_bootstrap_server(), server)
