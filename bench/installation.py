"""A whole Một Cửa of its own for one measurement: own folder, own port, the sample province; gone when the measurement ends."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cli.session import Session
from deploy.local.outcome import ExitCode, Stopped
from deploy.local.ports import free_ports
from deploy.local.supervision import Supervisor

MOTCUA = Path(sys.executable).parent / "motcua"


@dataclass(frozen=True)
class Installation:
    """`data` is its folder; everything else is asked of the running installation."""

    data: Path

    @property
    def session(self) -> Session:
        return Session(self.data)

    def pids(self) -> dict[str, int]:
        """Of all its processes, the supervisor among them, by name."""
        supervisor = Supervisor(self.session.plan)
        return {status.name: status.pid for status in supervisor.statuses() if status.pid} | {"supervisor": supervisor.pid()}


@contextmanager
def installation(data: Path | None = None, *more: str) -> Iterator[Installation]:
    """On the disk of `data`, that of temporary files if not given. Its clock is the machine's. `more` options of `up`.

    Raises:
        Stopped: it does not start.
    """
    if data is not None:
        data.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="motcua-bench-", dir=data))
    folder.chmod(0o711)  # PostgreSQL's user passes through
    made = Installation(folder / "site")
    try:
        make(made, *more)
        yield made
    finally:
        stop(made)
        shutil.rmtree(folder, ignore_errors=True)


def make(made: Installation, *more: str) -> None:
    """A new one with the sample, at a free port; `more` options of `motcua up`. Raises Stopped when it does not start."""
    motcua(made, "up", "--detach", "--port", str(free_ports(1)[0]), "--sample", *more)


def start(made: Installation) -> None:
    """At the port where it was. Raises Stopped when it does not start."""
    motcua(made, "up", "--detach")


def stop(made: Installation) -> None:
    """Whether or not it runs."""
    subprocess.run(_command(made, "down"), capture_output=True, check=False, env=_environment())


def agrees(made: Installation) -> bool:
    """Whether `motcua reconcile` says that the services agree; it waits for what is in flight."""
    ran = subprocess.run(_command(made, "reconcile", "--json"), capture_output=True, text=True, check=False, env=_environment())
    return ran.returncode == ExitCode.OK and bool(json.loads(ran.stdout)["agree"])


def count_dossiers(made: Installation) -> int:
    """As intake says, of all units and statuses."""
    with made.session.client() as client:
        counts = client.get("/api/intake/summary").raise_for_status().json()["dossiers"]
    return sum(counts.values())


def motcua(made: Installation, *arguments: str) -> None:
    """Raises Stopped when the command does not succeed."""
    ran = subprocess.run(_command(made, *arguments), capture_output=True, text=True, check=False, env=_environment())
    if ran.returncode != ExitCode.OK:
        raise Stopped(
            ExitCode.NOT_READY_IN_TIME,
            vi=f"motcua {arguments[0]} không thành công, nên không đo được.",
            en=f"motcua {arguments[0]} did not succeed, so nothing can be measured.",
            detail=ran.stderr[-2000:],
        )


def _command(made: Installation, *arguments: str) -> list[str]:
    return [str(MOTCUA), *arguments, "--data", str(made.data)]


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("MOTCUA_") or name == "MOTCUA_VENDOR"}
