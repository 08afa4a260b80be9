"""The embedded servers are real, are whole after a crash, and leave nothing behind."""

import asyncio
import socket
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import psycopg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.local.kafka import Kafka
from deploy.local.ports import HOST, free_ports
from tests.support.embedded import EmbeddedServers, start_servers
from tests.support.eventually import PATIENCE, eventually
from tests.support.servers import PostgresServer, as_postgres_server


async def test_what_is_sent_to_the_broker_is_read_from_it(kafka_bootstrap: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic("servers.round-trip", num_partitions=1, replication_factor=1)])
    await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=kafka_bootstrap) as producer:
        await producer.send_and_wait("servers.round-trip", b"xin chao")
    async with AIOKafkaConsumer(
        "servers.round-trip", bootstrap_servers=kafka_bootstrap, auto_offset_reset="earliest"
    ) as consumer:
        record = await asyncio.wait_for(consumer.getone(), PATIENCE)
    assert record.value == b"xin chao"


async def test_databases_are_fresh_and_apart(postgres: PostgresServer) -> None:
    first, second = await postgres.create_database("Same name!"), await postgres.create_database("Same name!")
    assert first != second
    async with await psycopg.AsyncConnection.connect(first.replace("+psycopg", "")) as connection:
        await connection.execute("CREATE TABLE only_here ()")
    async with await psycopg.AsyncConnection.connect(second.replace("+psycopg", "")) as connection:
        row = await (await connection.execute("SELECT to_regclass('only_here')")).fetchone()
    assert row == (None,)


async def test_killed_servers_come_back_on_the_same_data(own_servers: EmbeddedServers) -> None:
    url = await as_postgres_server(own_servers).create_database("kept")
    for server in (own_servers.postgres, own_servers.kafka):
        server.kill()
        server.start()
    async with await psycopg.AsyncConnection.connect(url.replace("+psycopg", "")) as connection:
        row = await (await connection.execute("SELECT current_database()")).fetchone()
    assert row is not None
    assert row[0].startswith("kept_")


async def test_nothing_is_left_when_the_tests_themselves_are_killed() -> None:
    script = (
        "from tests.support.embedded import start_servers as s; o = s();"
        "print(o.kafka.process.pid, o.postgres.process.pid, o.kafka.log.parent, flush=True); input()"
    )
    pipe = asyncio.subprocess.PIPE
    starter = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stdin=pipe, stdout=pipe)
    assert starter.stdout is not None
    kafka, postgres, name = (await starter.stdout.readline()).decode().split()
    folder = Path(name)
    assert _runs(int(kafka))
    assert _runs(int(postgres))
    starter.kill()
    await starter.communicate()
    await eventually(lambda: not folder.exists(), describe=f"{folder} removed")
    await eventually(lambda: not _runs(int(kafka)) and not _runs(int(postgres)), describe="both servers gone")


def test_a_server_that_does_not_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.support.embedded.UNSYNCED", (("shared_buffers", "nonsense"),))
    with pytest.raises(RuntimeError, match="nonsense"):
        start_servers()


def _runs(pid: int) -> bool:
    return bool(psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)


async def test_a_broker_that_cannot_begin_says_why(tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = int(taken.getsockname()[1])
        kafka = Kafka(tmp_path / "kafka", port, *free_ports(1))
        kafka.initialise()
        broker = await asyncio.create_subprocess_exec(*kafka.command, stdout=PIPE, stderr=STDOUT)
        said, _ = await broker.communicate()
    assert broker.returncode == 1
    assert f"failed to bind to {HOST}:{port}" in said.decode()
