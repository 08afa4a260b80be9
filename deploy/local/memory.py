"""How much memory a process and its children take, in MiB.

PSS where the system tells it (Linux): shared pages are counted once, divided among their users, so that the figures of several
processes may be added up. RSS elsewhere, which counts PostgreSQL's shared buffers once per connection.
"""

import contextlib
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it ships no types

MIB = 1024 * 1024


def taken(pid: int) -> float:
    """0 if it has ended."""
    try:
        root = psutil.Process(pid)
        tree = [root, *root.children(recursive=True)]
    except psutil.Error:
        return 0.0
    return round(sum(_bytes(process) for process in tree) / MIB, 1)


def alone(pid: int) -> float:
    """Of the process without its children."""
    with contextlib.suppress(psutil.Error):
        return round(_bytes(psutil.Process(pid)) / MIB, 1)
    return 0.0


def _bytes(process: psutil.Process) -> int:
    with contextlib.suppress(OSError, StopIteration, ValueError):
        lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
        return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    with contextlib.suppress(psutil.Error):
        return int(process.memory_info().rss)
    return 0
