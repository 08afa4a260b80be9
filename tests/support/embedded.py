"""The servers of deploy/local for tests: on free ports, in a folder of their own, gone when the tests are.

Data is thrown away afterwards, so nothing is synced to the disk. What a test may do to a server is what the world does: kill it,
freeze it, start it again on the same data.
"""

import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.local.kafka import Kafka
from deploy.local.ports import free_ports
from deploy.local.postgres import Postgres
from tests.support.guard import Guard

START_WITHIN = 60.0
UNSYNCED = (("fsync", "off"), ("full_page_writes", "off"), ("shared_buffers", "64MB"))
"""What is committed has been handed to the operating system: a server that is killed forgets none of it."""


@dataclass
class Server:
    """One server process."""

    name: str
    command: list[str]
    answers: Callable[[], bool]
    guard: Guard
    log: Path
    end_signal: int
    popen_arguments: dict[str, Any] = field(default_factory=dict)
    _process: "subprocess.Popen[bytes] | None" = None

    def launch(self) -> None:
        """Start it without waiting until it serves."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self.command, stdout=log, stderr=log, start_new_session=True, **self.popen_arguments)
        self.guard.watch(self._process.pid, self.end_signal)

    def wait(self) -> None:
        """Until it serves.

        Raises:
            RuntimeError: it ended, or is not there in time; with the end of its log.
        """
        deadline = time.monotonic() + START_WITHIN
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                message = f"{self.name} does not start:\n{self.log.read_text()[-4000:]}"
                raise RuntimeError(message)
            time.sleep(0.05)

    def start(self) -> None:
        self.launch()
        self.wait()

    def kill(self) -> None:
        """At once and without a farewell, as a power cut would."""
        self.resume()
        self.process.send_signal(self.end_signal)
        self.process.wait()
        self.guard.forget(self.process.pid)

    def pause(self) -> None:
        """It keeps its connections and answers nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        assert self._process is not None, f"{self.name} has not been started"
        return self._process


@dataclass
class EmbeddedServers:
    """A broker and a database server, with their addresses."""

    kafka: Server
    postgres: Server
    bootstrap: str
    postgres_port: int
    postgres_password: str
    guard: Guard

    def close(self) -> None:
        for server in (self.kafka, self.postgres):
            if server.runs():
                server.kill()
        self.guard.close()


def start_servers() -> EmbeddedServers:
    """Both at once, ready to use. The caller closes them; if it cannot any more, the guard does."""
    folder = Path(tempfile.mkdtemp(prefix="motcua-test-"))
    folder.chmod(0o711)  # PostgreSQL's user passes through
    guard = Guard(folder)
    kafka_port, controller_port, postgres_port = free_ports(3)
    kafka = Kafka(folder / "kafka", kafka_port, controller_port)
    postgres = Postgres(folder / "postgres", postgres_port, "tests-only", UNSYNCED)
    both = EmbeddedServers(
        kafka=Server("Kafka", kafka.command, kafka.answers, guard, folder / "kafka.log", signal.SIGKILL),
        postgres=Server(
            *("PostgreSQL", postgres.command, postgres.answers, guard, folder / "postgres.log", signal.SIGQUIT),
            popen_arguments=postgres.as_user(),
        ),
        bootstrap=kafka.bootstrap,
        postgres_port=postgres_port,
        postgres_password=postgres.password,
        guard=guard,
    )
    try:
        for configuration, server in ((kafka, both.kafka), (postgres, both.postgres)):
            configuration.initialise()
            server.launch()
        both.kafka.wait()
        both.postgres.wait()
    except BaseException:
        both.close()
        raise
    return both
