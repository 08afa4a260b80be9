"""A whole Một Cửa, as `motcua up` makes it: own folder, own port, real servers, every process. Driven by the command alone."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.local.ports import free_ports

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
