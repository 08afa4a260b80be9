"""A whole Một Cửa, as `motcua up` makes it: own folder, own port, real servers, every process. Driven by the command alone."""

import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from cli.http import over_socket
from cli.session import Session
from deploy.local.ports import free_ports
from deploy.local.site import Site
from deploy.local.supervision import Supervisor
from deploy.local.topology import Plan

MOTCUA = Path(sys.executable).parent / "motcua"
BETWEEN_DEATHS = 1.0


@dataclass(frozen=True)
class Played:
    """What a demo said, what it added to what was there before (see `Installation.holds`), how many processes died meanwhile."""

    said: dict[str, Any]
    added: Counter[str]
    killed: int


COMMAND_SECONDS = 1500
"""Far beyond what any command should need, on a slow machine under load too."""


@dataclass
class Installation:
    """`run` returns the finished command; `check` turns a failure into the test's."""

    data: Path
    port: int
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def run(self, *arguments: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        command = [str(MOTCUA), *arguments, "--data", str(self.data)]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False, env=os.environ | self.environment
        )
        assert not check or done.returncode == 0, f"{arguments} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def up(self, *options: str) -> None:
        self.run("up", "--detach", "--port", str(self.port), *options)

    def demo(self, scale: int = 1) -> dict[str, Any]:
        return json.loads(self.run("demo", "--scale", str(scale), "--json").stdout)

    def demo_with_deaths(self, scale: int, victims: Sequence[str], deaths: int) -> Played:
        """The demo, and while it goes on services are killed in turn, each only when it has been serving for seconds."""
        before, turns, killed = self.holds(), itertools.cycle(victims), 0
        command = [str(MOTCUA), "demo", "--scale", str(scale), "--json", "--data", str(self.data)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as demo:
            while killed < deaths and not _ends_within(BETWEEN_DEATHS, demo):
                killed += self._kill(next(turns))
            output, errors = demo.communicate(timeout=COMMAND_SECONDS)
        assert demo.returncode == 0, errors[-3000:]
        return Played(json.loads(output), self.holds() - before, killed)

    def reconcile(self) -> dict[str, Any]:
        return json.loads(self.run("reconcile", "--json", check=False).stdout)

    def pids(self) -> dict[str, int]:
        """Of the processes that run now, by name."""
        processes = json.loads(self.run("status", "--json").stdout)["processes"]
        return {process["name"]: process["pid"] for process in processes if process["pid"]}

    def holds(self) -> Counter[str]:
        """How much of everything is there: `dossiers <status>`, `messages <outcome>`, `mails kept`, `mails different`."""
        with Session(self.data).client() as client:
            dossiers = client.get("/api/intake/summary").raise_for_status().json()["dossiers"]
            messages = client.get("/api/notify/summary").raise_for_status().json()["total"]
            mails = client.get("/mail").raise_for_status().json()
        counts = Counter({f"dossiers {status}": number for status, number in dossiers.items()})
        counts.update({f"messages {outcome}": number for outcome, number in messages.items()})
        counts.update({"mails kept": mails["count"], "mails different": mails["distinct_message_ids"]})
        return counts

    def codes_are_unique(self) -> bool:
        """Asked of the database itself: no dossier code stands twice, and none is missing."""
        url = self._plan().database_url("intake").replace("+psycopg", "")
        with psycopg.connect(url) as connection:
            row = connection.execute(
                "SELECT count(code), count(DISTINCT code), (SELECT sum(last) FROM code_counter) FROM dossier"
            ).fetchone()
        assert row is not None
        return bool(row[0] and row[0] == row[1] == row[2])

    def applied(self, name: str, group: str) -> float:
        """How many facts took effect in a consumer group of this very process, asked past the front door."""
        with over_socket(self._plan().sockets / f"{name}.sock") as process:
            metrics = process.get(f"/api/{name.partition('-')[0]}/metrics").raise_for_status().text
        count = re.search(rf'^motcua_events_applied_total{{group="{re.escape(group)}"}} (\S+)$', metrics, re.MULTILINE)
        return float(count[1]) if count else 0.0

    def longest_block(self, name: str) -> float:
        """Seconds of processor time in which something has held this process's loop, by its own measure; -1 if it says none."""
        with over_socket(self._plan().sockets / f"{name}.sock") as process:
            metrics = process.get(f"/api/{name.partition('-')[0]}/metrics").raise_for_status().text
        longest = re.search(r'^motcua_loop_longest_block_seconds\{by="processor"\} (\S+)$', metrics, re.MULTILINE)
        return float(longest[1]) if longest else -1

    def _plan(self) -> Plan:
        state = Site(self.data).load()
        assert state is not None
        return Plan(Site(self.data), state)

    def _kill(self, name: str) -> bool:
        """At once, without a farewell, if it runs; the supervisor starts it again. Whether it ran."""
        running = (process for process in Supervisor(self._plan()).statuses() if process.state == "running")
        pid = next((process.pid for process in running if process.name == name), 0)
        if pid:
            os.kill(pid, signal.SIGKILL)
        return bool(pid)


def _ends_within(seconds: float, process: "subprocess.Popen[str]") -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def make_installation(*options: str) -> Installation:
    """Its clock is the machine's, or as `MOTCUA_TEST_CLOCK` moves it: all passes on any day, and across midnight."""
    data = Path(tempfile.mkdtemp(prefix="motcua-e2e-"))
    data.chmod(0o711)
    clock = {"MOTCUA_CLOCK": os.environ.get("MOTCUA_TEST_CLOCK", "")}
    installation = Installation(data / "site", free_ports(1)[0], clock)
    try:
        installation.up(*options)
    except BaseException:
        end(installation)
        raise
    return installation


def end(installation: Installation) -> None:
    installation.run("down", check=False)
    shutil.rmtree(installation.data.parent, ignore_errors=True)
