"""A broker and a database that are spoken to over TLS, with certificates of an authority that this test made."""

import asyncio
import signal
import socket
import ssl
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from deploy.local import kafka_users
from deploy.local.kafka import Kafka
from deploy.local.ports import HOST, free_ports
from messaging.kafka_access import KafkaAccess, Protocol
from tests.support.certificates import Authority, Pair
from tests.support.embedded import Server
from tests.support.guard import Guard
from tests.support.servers import PostgresServer
from tests.support.tls_front import TlsFront


@dataclass(frozen=True, kw_only=True)
class TlsKafka(Kafka):
    """As in a machine room of its own: every connection is encrypted, and everybody says who they are by SCRAM; at a further port
    by their certificate alone.
    """

    authority: Path
    certificate: Pair
    mutual_port: int

    def access(self, user: str) -> KafkaAccess:
        return replace(super().access(user), protocol=Protocol.SASL_SSL, ca_file=self.authority)

    def mutual(self, pair: Pair) -> KafkaAccess:
        return KafkaAccess(
            bootstrap=f"{HOST}:{self.mutual_port}",
            protocol=Protocol.SSL,
            ca_file=self.authority,
            certificate_file=pair.certificate,
            key_file=pair.key,
        )

    def client_environment(self, user: str) -> dict[str, str]:
        encrypted = {"MOTCUA_KAFKA_PROTOCOL": Protocol.SASL_SSL, "MOTCUA_KAFKA_CA_FILE": str(self.authority)}
        return {**super().client_environment(user), **encrypted}

    def _connect(self) -> socket.socket:
        context = ssl.create_default_context(cafile=self.authority)
        return context.wrap_socket(super()._connect(), server_hostname=HOST)

    def _settings(self) -> dict[str, str | int]:
        mutual = f"MUTUAL://{HOST}:{self.mutual_port}"
        settings = super()._settings()
        return settings | {
            "listeners": f"{settings['listeners']},{mutual}",
            "advertised.listeners": f"{settings['advertised.listeners']},{mutual}",
            "listener.security.protocol.map": "CLIENTS:SASL_SSL,MUTUAL:SSL,CONTROLLER:SASL_SSL",
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(self.certificate.both),
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": str(self.authority),
            "listener.name.mutual.ssl.client.auth": "required",
            "listener.name.mutual.ssl.principal.mapping.rules": "RULE:^CN=([a-z]+)$/$1/",
        }


@dataclass(frozen=True)
class TlsPostgresServer(PostgresServer):
    """`port` is the front's; what needs no encryption goes to `behind`."""

    authority: Path
    behind: int

    async def create_database(self, name: str) -> str:
        url = await PostgresServer(self.host, self.behind, self.user, self.password).create_database(name)
        return f"{url.replace(f':{self.behind}/', f':{self.port}/')}?sslmode=verify-full&sslrootcert={self.authority}"


@dataclass(frozen=True)
class TlsServers:
    """`stranger`: an authority that nobody here trusts."""

    kafka: TlsKafka
    postgres: TlsPostgresServer
    front: TlsFront
    authority: Authority
    stranger: Authority


@asynccontextmanager
async def tls_servers(server: PostgresServer) -> AsyncIterator[TlsServers]:
    """A broker of its own, and TLS in front of the database server."""
    folder = Path(tempfile.mkdtemp(prefix="motcua-test-"))
    guard = Guard(folder)
    authority = Authority(folder, "authority")
    kafka = _kafka(folder, authority)
    broker = Server("Kafka", kafka.command, kafka.answers, guard, folder / "kafka.log", signal.SIGKILL)
    front = TlsFront(authority.sign("database"), server.port)
    try:
        kafka.initialise()
        await asyncio.to_thread(broker.start)
        kafka_users.provide_rights(folder / "users", kafka.client_environment(kafka_users.BROKER))
        async with front.serve() as port:
            database = TlsPostgresServer(HOST, port, server.user, server.password, authority.file, server.port)
            yield TlsServers(kafka, database, front, authority, Authority(folder, "stranger"))
    finally:
        if broker.runs():
            broker.kill()
        guard.close()


def _kafka(folder: Path, authority: Authority) -> TlsKafka:
    port, controller_port, mutual_port = free_ports(3)
    return TlsKafka(
        folder=folder / "kafka",
        port=port,
        controller_port=controller_port,
        users=folder / "users",
        authority=authority.file,
        certificate=authority.sign("broker"),
        mutual_port=mutual_port,
    )
