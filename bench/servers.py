"""A Kafka and a PostgreSQL of their own for one measurement: free ports, a temporary folder, gone when it ends.

They are set up as `motcua up` sets them up, so commits wait for the disk as they do in earnest.
"""

import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from deploy.local.kafka import Kafka
from deploy.local.outcome import ExitCode, Stopped
from deploy.local.ports import HOST, free_ports
from deploy.local.postgres import SUPERUSER, Postgres

START_WITHIN = 60.0
END_WITHIN = 10.0


@dataclass(frozen=True)
class Servers:
    """`pids` by name."""

    kafka: str
    postgres: Postgres
    pids: dict[str, int]

    def database(self, name: str) -> str:
        """A fresh database; its address without a driver's name, `postgresql://...`."""
        with psycopg.connect(self.postgres.conninfo(), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return f"postgresql://{SUPERUSER}:{self.postgres.password}@{HOST}:{self.postgres.port}/{name}"


@contextmanager
def servers(data: Path | None = None) -> Iterator[Servers]:
    """On the disk of `data`, that of temporary files if not given."""
    if data is not None:
        data.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="motcua-bench-", dir=data))
    folder.chmod(0o711)  # PostgreSQL's user passes through
    kafka_port, controller_port, postgres_port = free_ports(3)
    kafka = Kafka(folder / "kafka", kafka_port, controller_port)
    postgres = Postgres(folder / "postgres", postgres_port, "bench-only")
    try:
        with ExitStack() as running:
            kafka.initialise()
            postgres.initialise()
            broker = running.enter_context(process(kafka.command, folder / "log"))
            postmaster = running.enter_context(process(postgres.command, folder / "log", **postgres.as_user()))
            wait_for(kafka.answers, "Kafka", folder / "log")
            wait_for(postgres.answers, "PostgreSQL", folder / "log")
            yield Servers(kafka.bootstrap, postgres, {"kafka": broker.pid, "postgres": postmaster.pid})
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def process(command: list[str], log: Path, **options: Any) -> Iterator["subprocess.Popen[bytes]"]:
    """Runs as long as the block does, and is asked to end before it is made to."""
    with log.open("ab") as written:
        started: subprocess.Popen[bytes] = subprocess.Popen(
            command, stdout=written, stderr=written, start_new_session=True, **options
        )
    try:
        yield started
    finally:
        started.send_signal(signal.SIGINT if "postgres" in command[0] else signal.SIGTERM)
        try:
            started.wait(END_WITHIN)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


def wait_for(answers: Callable[[], bool], name: str, log: Path) -> None:
    deadline = time.monotonic() + START_WITHIN
    while not answers():
        if time.monotonic() > deadline:
            raise Stopped(
                ExitCode.NOT_READY_IN_TIME,
                vi=f"{name} không khởi động.",
                en=f"{name} does not start.",
                detail=log.read_text()[-2000:],
            )
        time.sleep(0.05)
