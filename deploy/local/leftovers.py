"""What an earlier run left behind when its supervisor was killed: processes without a parent that hold our ports and files.

Every process of an installation carries the installation's mark in its environment, so it is found whatever its number
has become and however often it was started again. PostgreSQL overwrites its environment; its own pid file names it.
"""

import contextlib
import os
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it ships no types

from deploy.local.supervision import INSTANCE
from deploy.local.topology import Plan

PATIENCE = 15


def end(plan: Plan) -> list[str]:
    """End them, gently first; their names."""
    processes = [*_marked(plan.state.instance), *_postmaster(plan.postgres.data)]
    names = sorted({_name(process) for process in processes})
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(2 if process.name() == "postgres" else 15)
    _, stubborn = psutil.wait_procs(processes, timeout=PATIENCE)
    for process in stubborn:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stubborn, timeout=PATIENCE)
    return names


def _marked(instance: str) -> list[psutil.Process]:
    processes = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get(INSTANCE) == instance:
                processes.append(process)
    return processes


def _postmaster(data: Path) -> list[psutil.Process]:
    """The server of this data folder, if the one that its pid file names is indeed that."""
    with contextlib.suppress(OSError, ValueError, IndexError, psutil.Error):
        process = psutil.Process(int((data / "postmaster.pid").read_text().splitlines()[0]))
        if str(data) in process.cmdline():
            return [process]
    return []


def _name(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error):
        return str(process.name())
    return "?"
