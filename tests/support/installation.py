"""A whole Một Cửa, as `motcua up` makes it: own folder, own port, real servers, every process. Driven by the command alone."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from cli.session import Session
from deploy.local.ports import free_ports
from deploy.local.site import Site
from deploy.local.topology import Plan

MOTCUA = Path(sys.executable).parent / "motcua"
SERVICES = ("intake", "routing", "notify", "reporting", "directory")


@dataclass
class Installation:
    """`run` returns the finished command; `check` turns a failure into the test's."""

    data: Path
    port: int
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def run(self, *arguments: str, check: bool = True, within: float = 300) -> "subprocess.CompletedProcess[str]":
        command = [str(MOTCUA), *arguments, "--data", str(self.data)]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=within, check=False, env=os.environ | self.environment
        )
        assert not check or done.returncode == 0, f"{arguments} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def up(self, *options: str) -> None:
        self.run("up", "--detach", "--port", str(self.port), *options)

    def demo(self, scale: int = 1) -> dict[str, Any]:
        return json.loads(self.run("demo", "--scale", str(scale), "--json", within=900).stdout)

    def start_demo(self, scale: int) -> "subprocess.Popen[str]":
        """In the background, for tests that do something to the services meanwhile."""
        command = [str(MOTCUA), "demo", "--scale", str(scale), "--json", "--data", str(self.data)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def reconcile(self) -> dict[str, Any]:
        return json.loads(self.run("reconcile", "--json", check=False).stdout)

    def pids(self) -> dict[str, int]:
        """Of the processes that run now, by name."""
        found = json.loads(self.run("status", "--json").stdout)["processes"]
        return {each["name"]: each["pid"] for each in found if each["pid"]}

    def holds(self) -> Counter[str]:
        """How much of everything is there: `dossiers <status>`, `messages <outcome>`, `mails kept`, `mails different`."""
        with Session(self.data).client() as client:
            dossiers = client.get("/api/intake/summary").raise_for_status().json()["dossiers"]
            messages = client.get("/api/notify/summary").raise_for_status().json()["total"]
            mails = client.get("/mail").raise_for_status().json()
        found = Counter({f"dossiers {status}": number for status, number in dossiers.items()})
        found.update({f"messages {outcome}": number for outcome, number in messages.items()})
        found.update({"mails kept": mails["count"], "mails different": mails["distinct_message_ids"]})
        return found

    def codes_are_unique(self) -> bool:
        """Asked of the database itself: no dossier code stands twice, and none is missing."""
        state = Site(self.data).load()
        assert state is not None
        url = Plan(Site(self.data), state).database_url("intake").replace("+psycopg", "")
        with psycopg.connect(url) as connection:
            row = connection.execute(
                "SELECT count(code), count(DISTINCT code), (SELECT sum(last) FROM code_counter) FROM dossier"
            ).fetchone()
        assert row is not None
        return bool(row[0] and row[0] == row[1] == row[2])

    def kill(self, name: str) -> None:
        """At once, without a farewell; the supervisor starts it again."""
        os.kill(self.pids()[name], signal.SIGKILL)


def make_installation(*options: str) -> Installation:
    data = Path(tempfile.mkdtemp(prefix="motcua-e2e-"))
    data.chmod(0o711)
    installation = Installation(data / "site", free_ports(1)[0])
    try:
        installation.up(*options)
    except BaseException:
        end(installation)
        raise
    return installation


def end(installation: Installation) -> None:
    installation.run("down", check=False)
    shutil.rmtree(installation.data.parent, ignore_errors=True)
