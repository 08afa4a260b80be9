"""A small process that outlives the tests by a moment and clears up after them.

The tests tell it through a pipe which servers they have started. When that pipe closes, in whatever way they ended
(finished, interrupted, killed), every server named is ended and the folder given as argument is removed.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

PATIENCE = 5.0


class Guard:
    """The tests' end of the pipe. A server leads a process group of its own; `signal_number` is how it ends quickly."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-S", __file__, str(folder)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)

    def watch(self, pid: int, signal_number: int) -> None:
        self._write(f"{pid} {signal_number}")

    def forget(self, pid: int) -> None:
        """Its number may soon be another process's."""
        self._write(f"{pid} 0")

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _write(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())
        self._process.stdin.flush()


def main(folder: str) -> None:
    lines = (line.split() for line in sys.stdin)
    servers = {int(pid): int(number) for pid, number in lines}
    servers = {pid: number for pid, number in servers.items() if number}
    for pid, number in servers.items():
        _send(pid, signal.SIGCONT)
        _send(pid, number)
    if not _all_end(servers):
        for pid in servers:
            _send(pid, signal.SIGKILL)
        _all_end(servers)
    shutil.rmtree(folder, ignore_errors=True)


def _all_end(pids: Iterable[int]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while any(_send(pid, 0) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _send(pid: int, number: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, number)
        return True
    return False


if __name__ == "__main__":
    main(sys.argv[1])
