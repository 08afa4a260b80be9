"""Where one installation keeps its things, and what it has decided once: ports, passwords, how many of each process.

`DATA` holds everything that must survive (`.motcua/` by default) and can be moved while nothing runs. Sockets lie in a
short folder under /tmp, because their paths may not exceed a hundred bytes.
"""

import contextlib
import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from contracts.services import SERVICES
from deploy.local import os_user
from deploy.local.outcome import ExitCode, Stopped
from deploy.local.ports import free_ports, is_free

DEFAULT_PORT = 8080
Port = Annotated[int, Field(ge=1, le=65535)]


def _password() -> str:
    return secrets.token_urlsafe(24)


class InternalPorts(BaseModel):
    """Chosen by us, used among our own processes only."""

    model_config = ConfigDict(frozen=True)

    postgres: Port
    kafka: Port
    kafka_controller: Port
    smtp: Port

    @classmethod
    def choose(cls) -> Self:
        return cls(**dict(zip(cls.model_fields, free_ports(len(cls.model_fields)), strict=True)))

    def are_free(self) -> bool:
        return all(is_free(port) for port in self.model_dump().values())


class State(BaseModel):
    """What is remembered between one `up` and the next; kept readable for its owner only."""

    model_config = ConfigDict(validate_assignment=True)

    instance: str = Field(default_factory=lambda: secrets.token_hex(6))
    port: Port = DEFAULT_PORT
    lanes_apart: bool = False
    sample: bool = True
    sample_loaded: bool = False
    clock: str = ""
    log_level: str = "INFO"
    counts: dict[str, Annotated[int, Field(ge=1, le=16)]] = {}
    ports: InternalPorts = Field(default_factory=InternalPorts.choose)
    postgres_password: str = Field(default_factory=_password)
    database_passwords: dict[str, str] = Field(default_factory=lambda: {name: _password() for name in SERVICES})
    owner_passwords: dict[str, str] = Field(default_factory=lambda: {name: _password() for name in SERVICES})


class Site:
    """The folders and files of one installation."""

    def __init__(self, data: Path) -> None:
        self.data = data.absolute()
        self.state_file = self.data / "state.json"

    def create(self) -> None:
        """Make the folders; as root, others may pass through `DATA` (never look into it), for PostgreSQL's sake."""
        try:
            self.data.mkdir(parents=True, exist_ok=True, mode=0o711 if os_user.unprivileged() else 0o700)
            for folder in (self.secrets, self.logs, self.files, self.mail, self.configuration):
                folder.mkdir(exist_ok=True, mode=0o700)
        except OSError as error:
            raise Stopped(
                ExitCode.MACHINE_UNFIT,
                vi=f"Không ghi được vào {self.data}. Hãy chọn thư mục khác bằng --data.",
                en=f"Cannot write to {self.data}. Choose another folder with --data.",
                detail=str(error),
            ) from error

    def load(self) -> State | None:
        """None where nothing was ever started."""
        if not self.state_file.exists():
            return None
        return State.model_validate_json(self.state_file.read_bytes())

    def save(self, state: State) -> None:
        write_private(self.state_file, json.dumps(state.model_dump(), indent=2).encode())

    @contextlib.contextmanager
    def change(self) -> Iterator[State]:
        """The state as it is now, kept as it is afterwards unless the block raises; one change at a time."""
        with (self.configuration / "state.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            state = self.load() or State()
            yield state
            self.save(state)

    @property
    def secrets(self) -> Path:
        return self.data / "secrets"

    @property
    def kafka_users(self) -> Path:
        return self.secrets / "kafka"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def files(self) -> Path:
        """What each process keeps besides its database, a folder each."""
        return self.data / "files"

    @property
    def mail(self) -> Path:
        return self.data / "mail"

    @property
    def configuration(self) -> Path:
        """Written anew at each start: the supervisor's and Caddy's."""
        return self.data / "run"

    @property
    def kafka(self) -> Path:
        return self.data / "kafka"


def socket_folder(instance: str) -> Path:
    return Path("/tmp") / f"motcua-{instance}"  # noqa: S108 - checked when it is made, and short on every system


def make_socket_folder(instance: str) -> None:
    """Make the folder of this instance's sockets, ours alone.

    Raises:
        Stopped: it exists and belongs to somebody else.
    """
    folder = socket_folder(instance)
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if status.st_uid != os.geteuid() or status.st_mode & 0o077 or folder.is_symlink():
        raise Stopped(
            ExitCode.MACHINE_UNFIT,
            vi=f"{folder} thuộc về người khác. Hãy xoá nó rồi chạy lại.",
            en=f"{folder} belongs to somebody else. Remove it and run this again.",
        )


def write_private(path: Path, content: bytes) -> None:
    """Readable by its owner only, and whole or not there at all."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    partial.rename(path)
