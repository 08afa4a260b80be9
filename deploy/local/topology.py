"""The whole topology: which processes make up Một Cửa on one machine, and what each is given.

A process gets only what it needs: its own database, its own keys. `TOPOLOGY` is the table; the functions below it only
multiply its lines by lanes and by count.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from contracts.services import POST, SERVICES
from contracts.values import Lane
from deploy.local import keys, os_user, vendor
from deploy.local.database_roles import owner_of
from deploy.local.kafka import Kafka
from deploy.local.outcome import ExitCode, Stopped
from deploy.local.ports import HOST
from deploy.local.postgres import Postgres, url
from deploy.local.site import Site, State, socket_folder

EVERYTHING_ELSE = "*"


@dataclass(frozen=True, kw_only=True)
class Part:
    """A line of the topology. `secrets` names environment variables and the file in `DATA/secrets` behind each."""

    name: str
    module: str = ""
    laned: bool = False
    database: bool = False
    kafka_user: str = ""
    secrets: tuple[tuple[str, str], ...] = ()
    paths: tuple[str, ...] = ()
    smtp: bool = False
    ends_on: str = "TERM"

    @property
    def health(self) -> str:
        """Where it says whether all is well: a service under its own path, that events come and go too; a stand-in of the sandbox
        at the root.
        """
        return f"/api/{self.name}/health/consuming" if self.database else "/health/ready"


TOPOLOGY = (
    Part(name="postgres", ends_on="INT"),
    Part(name="kafka"),
    Part(
        name="directory",
        module="services.directory.main",
        database=True,
        kafka_user="directory",
        secrets=(
            ("SIGNING_KEY_FILE", keys.SIGNING_KEY),
            ("OPERATOR_PASSWORD_FILE", keys.OPERATOR_PASSWORD),
            ("DIRECTORY_KEY_FILE", "directory.key"),
        ),
        paths=(EVERYTHING_ELSE,),
    ),
    Part(
        name="intake",
        module="services.intake.main",
        laned=True,
        database=True,
        kafka_user="intake",
        secrets=(
            ("FIELD_KEY_FILE", "field.key"),
            ("HMAC_KEY_FILE", "hmac.key"),
            ("INTAKE_KEY_FILE", "intake.jwk"),
            ("POST_PUBLIC_KEY_FILE", "post.pub.jwk"),
        ),
        paths=("/api/intake", "/api/intake/*", "/intake", "/intake/*", "/track", "/track/*", "/submit", "/submit/*"),
    ),
    Part(
        name="routing",
        module="services.routing.main",
        laned=True,
        database=True,
        kafka_user="routing",
        paths=("/api/routing", "/api/routing/*", "/routing", "/routing/*"),
    ),
    Part(
        name="notify",
        module="services.notify.main",
        laned=True,
        database=True,
        kafka_user="notify",
        paths=("/api/notify", "/api/notify/*", "/notify", "/notify/*"),
        smtp=True,
    ),
    Part(
        name="reporting",
        module="services.reporting.main",
        laned=True,
        database=True,
        kafka_user="reporting",
        paths=("/api/reporting", "/api/reporting/*", "/reporting", "/reporting/*"),
    ),
    Part(
        name="post-office",
        module="deploy.sandbox.post_office",
        kafka_user=POST,
        secrets=(("POST_KEY_FILE", "post.jwk"), ("INTAKE_PUBLIC_KEY_FILE", "intake.pub.jwk")),
        paths=("/post", "/post/*"),
    ),
    Part(name="mail-server", module="deploy.sandbox.mail_server", smtp=True, paths=("/mail", "/mail/*")),
    Part(name="caddy"),
)
INFRASTRUCTURE = ("postgres", "kafka")


@dataclass(frozen=True, kw_only=True)
class Program:
    """One process to supervise. `base` is its name without the number that `scale` adds."""

    name: str
    base: str
    part: Part
    command: tuple[str, ...]
    environment: Mapping[str, str]
    user: str | None = None
    socket: Path | None = None


class Plan:
    """The topology of one site in one state."""

    def __init__(self, site: Site, state: State) -> None:
        self.site = site
        self.state = state
        self.sockets = socket_folder(state.instance)
        home = os_user.data_home(site.data, state.instance)
        self.postgres = Postgres(home / "postgres", state.ports.postgres, state.postgres_password)
        self.kafka = Kafka(site.kafka, state.ports.kafka, state.ports.kafka_controller, site.kafka_users)

    @property
    def public_url(self) -> str:
        return f"http://{HOST}:{self.state.port}"

    @property
    def caddyfile(self) -> Path:
        return self.site.configuration / "Caddyfile"

    @property
    def caddy_admin(self) -> Path:
        return self.sockets / "caddy.sock"

    def database_url(self, service: str) -> str:
        return url(service, self.state.database_passwords[service], self.state.ports.postgres)

    def database_urls(self) -> dict[str, str]:
        return {service: self.database_url(service) for service in SERVICES}

    def owner_url(self, service: str) -> str:
        """As the role that may change the tables; no process is given it."""
        return url(service, self.state.owner_passwords[service], self.state.ports.postgres, owner_of(service))

    def owner_urls(self) -> dict[str, str]:
        return {service: self.owner_url(service) for service in SERVICES}

    def programs(self) -> list[Program]:
        """Every process, in the order of the table."""
        return [
            self._program(part, base, number)
            for part in TOPOLOGY
            for base in self.bases(part)
            for number in range(1, self.state.counts.get(base, 1) + 1)
        ]

    def bases(self, part: Part) -> list[str]:
        """The names of a part's processes before numbering: one, or one per lane."""
        return [f"{part.name}-{lane}" for lane in Lane] if part.laned and self.state.lanes_apart else [part.name]

    def named(self, name: str) -> list[Program]:
        """The processes meant by a name: one process, all of a lane's, or all of a service's.

        Raises:
            Stopped: there is none of that name.
        """
        programs = self.programs()
        named = [program for program in programs if name in {program.part.name, program.base}]
        named = named or [program for program in programs if program.name == name]
        if not named:
            names = ", ".join(dict.fromkeys(program.name for program in programs))
            raise Stopped(
                ExitCode.UNKNOWN_PROCESS,
                vi=f"Không có tiến trình nào tên {name}. Các tên: {names}.",
                en=f"There is no process named {name}. The names are: {names}.",
            )
        return named

    def _program(self, part: Part, base: str, number: int) -> Program:
        name = base if number == 1 else f"{base}-{number}"
        if not part.module:
            user = self.postgres.user.name if part.name == "postgres" and self.postgres.user else None
            return Program(
                name=name, base=base, part=part, command=tuple(self._server_command(part.name)), environment={}, user=user
            )
        socket = self.sockets / f"{name}.sock" if part.paths else None
        starting = ("chassis.fast_start",) if part.database else ()
        command = (sys.executable, "-m", *starting, part.module)
        return Program(
            name=name,
            base=base,
            part=part,
            command=command,
            environment=self._environment(part, base, name, socket),
            user=None,
            socket=socket,
        )

    def _server_command(self, name: str) -> list[str]:
        match name:
            case "postgres":
                return self.postgres.command
            case "kafka":
                return self.kafka.command
            case _:
                return [str(vendor.caddy()), "run", "--adapter", "caddyfile", "--config", str(self.caddyfile)]

    def _environment(self, part: Part, base: str, name: str, socket: Path | None) -> dict[str, str]:
        environment = {
            "PROCESS": name,
            "DATA": str(self.site.files / part.name),
            "PUBLIC_URL": self.public_url,
            "SAMPLE": str(self.state.sample).lower(),
            "CLOCK": self.state.clock,
            "LOG_LEVEL": self.state.log_level,
        }
        if part.database:
            environment["MEMBER"] = name
        if part.laned:
            environment["LANES"] = base.removeprefix(f"{part.name}-") if base != part.name else ",".join(Lane)
        if part.database:
            environment[f"DATABASE_{part.name.upper()}"] = self.database_url(part.name)
            environment["ROOT_KEYS"] = keys.root_public(self.site.secrets)
        if socket:
            environment |= {"HTTP_SOCKET": str(socket), "STATIC": str(vendor.static_folder()), "TRUSTED_PROXIES": "unix"}
        if part.smtp:
            environment |= {"SMTP": f"{HOST}:{self.state.ports.smtp}"}
        if part.name == "mail-server":
            environment |= {"MAIL_FOLDER": str(self.site.mail)}
        environment |= {variable: str(self.site.secrets / file) for variable, file in part.secrets}
        # libpq's own variable: whatever connection a process opens, PostgreSQL knows whose it is.
        kafka = self.kafka.client_environment(part.kafka_user) if part.kafka_user else {}
        return {"PGAPPNAME": f"motcua-{name}"} | kafka | {f"MOTCUA_{variable}": value for variable, value in environment.items()}
