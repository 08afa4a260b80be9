"""The supervisor: a process of its own that starts the others, starts again whatever ends, and is asked over a private socket.

It outlives the command that started it. Everything under it carries the installation's mark in its environment.
"""

import contextlib
import http.client
import os
import shutil
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import psutil  # type: ignore[import-untyped]  # it ships no types
from supervisor.xmlrpc import Faults, SupervisorTransport

from deploy.local import keys
from deploy.local.front_door import write as write_caddyfile
from deploy.local.site import make_socket_folder, write_private
from deploy.local.supervisor_conf import ROOT, STOP_WITHIN, render
from deploy.local.topology import INFRASTRUCTURE, Plan
from messaging.clock import clock_from

INSTANCE = "MOTCUA_INSTANCE"
UNREACHABLE = (OSError, http.client.HTTPException)
ALREADY_SO = frozenset({Faults.BAD_NAME, Faults.ALREADY_STARTED, Faults.NOT_RUNNING})


@dataclass(frozen=True, kw_only=True)
class Status:
    """What the supervisor knows of one process; `ended_at` is in seconds since 1970, 0 if it never ended."""

    name: str
    pid: int
    state: str
    ended_at: int
    why: str


class Supervisor:
    """The supervisor of one plan, running or not."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.socket = plan.sockets / "supervisor.sock"
        self.configuration = plan.site.configuration / "supervisord.conf"

    def start(self) -> None:
        """Start it, and with it PostgreSQL, Kafka and Caddy. It becomes a daemon: it goes on when this command ends."""
        make_socket_folder(self.plan.state.instance)
        keys.provide(self.plan.site.secrets, clock_from(self.plan.state.clock)())
        self.write()
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        environment |= {INSTANCE: self.plan.state.instance, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-W", "ignore", "-m", "supervisor.supervisord", "-c", str(self.configuration)]
        ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        deadline = time.monotonic() + STOP_WITHIN
        while not self.answers():
            if ran.returncode != 0 or time.monotonic() > deadline:
                raise RuntimeError(f"supervisord does not start:\n{ran.stdout}{ran.stderr}")
            time.sleep(0.02)

    def write(self) -> None:
        """Write the configurations of the supervisor and of Caddy, as the plan is now."""
        write_caddyfile(self.plan)
        for program in (program for program in self.plan.programs() if program.part.module):
            (self.plan.site.files / program.part.name).mkdir(exist_ok=True, mode=0o700)
        write_private(self.configuration, render(self.plan, self.socket).encode())

    def answers(self) -> bool:
        try:
            with self.rpc() as rpc:
                return bool(rpc.getState())
        except UNREACHABLE:
            return False

    def statuses(self) -> list[Status]:
        with self.rpc() as rpc:
            rows = cast(list[dict[str, Any]], rpc.getAllProcessInfo())
        return [
            Status(
                name=row["name"],
                pid=row["pid"],
                state=row["statename"].lower(),
                ended_at=row["stop"],
                why=row["spawnerr"] or row["description"],
            )
            for row in rows
        ]

    def pid(self) -> int:
        with self.rpc() as rpc:
            return cast(int, rpc.getPID())

    def start_processes(self, names: list[str]) -> None:
        """Those that run are left alone; one that pauses between two attempts starts now."""
        pausing = [process.name for process in self.statuses() if process.name in names and process.state == "backoff"]
        self._call("stopProcess", pausing)
        self._call("startProcess", names)

    def stop_processes(self, names: list[str]) -> None:
        """All at once; returns when the last of them has ended."""
        self._call("stopProcess", names)
        deadline = time.monotonic() + STOP_WITHIN + 10
        while any(process.name in names and process.pid for process in self.statuses()) and time.monotonic() < deadline:
            time.sleep(0.1)

    def apply(self) -> None:
        """Take over a changed plan: processes no longer in it end, new ones start; the rest run on untouched."""
        self.write()
        with self.rpc() as rpc:
            ((added, changed, removed),) = cast(list[list[list[str]]], rpc.reloadConfig())
            for name in [*removed, *changed]:
                with _unless_already_so():
                    rpc.stopProcessGroup(name)
                rpc.removeProcessGroup(name)
            for name in [*added, *changed]:
                rpc.addProcessGroup(name)
        self.start_processes([*added, *changed])

    def shut_down(self) -> None:
        """Services first and all together, then the servers under them, then the supervisor itself."""
        servers = {*INFRASTRUCTURE}
        self.stop_processes([process.name for process in self.statuses() if process.name not in servers])
        self.stop_processes([*servers])
        pid = self.pid()
        with self.rpc() as rpc:
            rpc.shutdown()
        deadline = time.monotonic() + STOP_WITHIN
        while runs(pid) and time.monotonic() < deadline:
            time.sleep(0.02)
        shutil.rmtree(self.plan.sockets, ignore_errors=True)

    def _call(self, method: str, names: list[str]) -> None:
        with self.rpc() as rpc:
            for name in names:
                with _unless_already_so():
                    getattr(rpc, method)(name, False)  # without waiting for it

    @contextlib.contextmanager
    def rpc(self) -> Iterator[Any]:
        transport = SupervisorTransport(None, None, f"unix://{self.socket}")
        proxy = xmlrpc.client.ServerProxy("http://localhost", transport=transport)
        try:
            yield proxy.supervisor
        finally:
            transport.close()


@contextlib.contextmanager
def _unless_already_so() -> Iterator[None]:
    """Already in the wanted state is no fault; anything else the supervisor refuses is."""
    try:
        yield
    except xmlrpc.client.Fault as fault:
        if fault.faultCode not in ALREADY_SO:
            raise


def runs(pid: int) -> bool:
    """A dead process that nobody has waited for (a container's first process may not) does not count."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
