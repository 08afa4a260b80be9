"""An installation whose services reach Kafka and PostgreSQL through fault proxies, on one broker or three, with clocks apart.

The same plan, supervisor and start as `motcua up`; what differs is what a process is told: the addresses of the proxies, and
its own clock. Each broker has a listener for the proxied, and says so to clients. Whoever inspects goes past the proxies.
"""

import random
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from contracts.services import SERVICES
from deploy.local.kafka import BRIEF, Kafka, _java
from deploy.local.ports import HOST, free_ports
from deploy.local.postgres import url
from deploy.local.site import Site, State
from deploy.local.topology import Plan, Program

CLUSTER: Final = "motcua-chaos-trial-cls"
LEAST_IN_SYNC: Final = {1: 1, 3: 2}


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Ports of a proxied installation. Per broker: its own, its controller's, the one behind the proxy, the proxy's."""

    brokers: tuple[tuple[int, int, int, int], ...]
    postgres_proxy: int
    clocks: Mapping[str, str] = field(default_factory=dict)
    replication: int = 1

    @classmethod
    def choose(cls, state: State, brokers: int, clocks: Mapping[str, str]) -> "Layout":
        """The first broker keeps the ports of the installation: who knows nothing of proxies goes past them."""
        postgres, behind, proxied, *others = free_ports(3 + 4 * (brokers - 1))
        first = (state.ports.kafka, state.ports.kafka_controller, behind, proxied)
        rest = tuple((a, b, c, d) for a, b, c, d in zip(*[iter(others)] * 4, strict=True))
        return cls(brokers=(first, *rest), postgres_proxy=postgres, clocks=clocks, replication=brokers)


@dataclass(frozen=True, kw_only=True)
class ProxiedBroker(Kafka):
    """`bootstrap` is what services are told: the proxies of all brokers."""

    node: int
    behind: int
    proxied: int
    voters: str
    told_to_clients: str
    brokers: int

    @property
    def bootstrap(self) -> str:
        return self.told_to_clients

    def initialise(self) -> None:
        """As a single broker does, but that all are of one cluster."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.settings_file.write_text("".join(f"{name}={value}\n" for name, value in self._settings().items()))
        if not (self.folder / "logs" / "meta.properties").exists():
            tool = ("kafka.tools.StorageTool", "format", "--cluster-id", CLUSTER, "--config", str(self.settings_file))
            subprocess.run([*_java(*BRIEF), *tool], capture_output=True, text=True, check=True)

    def _settings(self) -> dict[str, str | int]:
        copies = dict.fromkeys(_COPIES, self.brokers) | dict.fromkeys(_IN_SYNC, LEAST_IN_SYNC[self.brokers])
        return (
            super()._settings()
            | copies
            | {
                "node.id": self.node,
                "listeners": (
                    f"PLAINTEXT://{HOST}:{self.port},PROXIED://{HOST}:{self.behind},CONTROLLER://{HOST}:{self.controller_port}"
                ),
                "advertised.listeners": f"PLAINTEXT://{HOST}:{self.port},PROXIED://{HOST}:{self.proxied}",
                "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "inter.broker.listener.name": "PLAINTEXT",
                "controller.quorum.voters": self.voters,
            }
        )


_COPIES: Final = ("offsets.topic.replication.factor", "transaction.state.log.replication.factor", "default.replication.factor")
_IN_SYNC: Final = ("transaction.state.log.min.isr", "min.insync.replicas")


class ProxiedPlan(Plan):
    """The plan of `motcua up` with the proxies between."""

    def __init__(self, site: Site, state: State, layout: Layout) -> None:
        super().__init__(site, state)
        self.layout = layout
        self.brokers = _brokers(site, layout)
        self.kafka = self.brokers[0]

    def database_url(self, service: str) -> str:
        return url(service, self.state.database_passwords[service], self.layout.postgres_proxy)

    @property
    def direct_bootstrap(self) -> str:
        return ",".join(f"{HOST}:{broker.port}" for broker in self.brokers)

    def direct_database_urls(self) -> dict[str, str]:
        passwords = self.state.database_passwords
        return {name: url(name, passwords[name], self.state.ports.postgres).replace("+psycopg", "") for name in SERVICES}

    def programs(self) -> list[Program]:
        programs = [replace(program, environment=self._apart(program)) for program in super().programs()]
        kafka = next(program for program in programs if program.part.name == "kafka")
        others = [
            replace(kafka, name=f"kafka-{broker.node}", base=f"kafka-{broker.node}", command=tuple(broker.command))
            for broker in self.brokers[1:]
        ]
        return [*programs, *others]

    def broker(self, name: str) -> "ProxiedBroker":
        return next(broker for broker in self.brokers if broker_name(broker.node) == name)

    def _apart(self, program: Program) -> Mapping[str, str]:
        if not program.part.module:
            return program.environment
        own: dict[str, str] = {}
        if program.name in self.layout.clocks:
            own["MOTCUA_CLOCK"] = self.layout.clocks[program.name]
        return {**program.environment, **own}


def broker_name(node: int) -> str:
    return "kafka" if node == 1 else f"kafka-{node}"


def clocks_apart(seed: int, processes: int, seconds: int) -> dict[str, str]:
    """Each process of a service up to so many seconds before or behind the machine's clock."""
    chance = random.Random(f"clocks {seed}")
    names = [service if number == 1 else f"{service}-{number}" for service in SERVICES for number in range(1, processes + 1)]
    return {name: f"{chance.randint(-seconds, seconds):+d}s" for name in names}


def _brokers(site: Site, layout: Layout) -> list[ProxiedBroker]:
    voters = ",".join(f"{node}@{HOST}:{ports[1]}" for node, ports in enumerate(layout.brokers, 1))
    told_to_clients = ",".join(f"{HOST}:{ports[3]}" for ports in layout.brokers)
    return [
        ProxiedBroker(
            folder=_folder(site, node),
            port=port,
            controller_port=controller,
            node=node,
            behind=behind,
            proxied=proxied,
            voters=voters,
            told_to_clients=told_to_clients,
            brokers=len(layout.brokers),
        )
        for node, (port, controller, behind, proxied) in enumerate(layout.brokers, 1)
    ]


def _folder(site: Site, node: int) -> Path:
    return site.kafka if node == 1 else site.kafka.with_name(f"kafka-{node}")
