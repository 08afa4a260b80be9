"""The machine that a measurement ran on, so that two of them can be compared: what it is, and how fast it is just now."""

import os
import platform
import subprocess
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any, Final

import psutil  # type: ignore[import-untyped]  # it ships no types

LIBRARIES: Final = ("aiokafka", "faststream", "faststream-outbox", "fastapi", "psycopg", "asyncpg", "pydantic", "sqlalchemy")
ROOT: Final = Path(__file__).parents[1]
FIGURES: Final = (":!bench/results", ":!README.md")
ADDITIONS: Final = 5_000_000
ROUNDS: Final = 3


def describe() -> dict[str, Any]:
    """Everything that a figure depends on and that can be told."""
    return {
        "cores": os.cpu_count(),
        "cpu": _cpu_model(),
        "memory_mb": psutil.virtual_memory().total // 2**20,
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": {library: version(library) for library in LIBRARIES},
        "commit": _commit(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def loop_seconds() -> float:
    """CPU seconds of five million additions in plain Python, the median of three: a yardstick for CPU time anywhere."""
    return round(median(_additions() for _ in range(ROUNDS)), 4)


def _additions() -> float:
    began, total = time.process_time(), 0
    for number in range(ADDITIONS):
        total += number
    return time.process_time() - began


def _cpu_model() -> str:
    """As Linux names it; elsewhere the kind of processor."""
    cpus = Path("/proc/cpuinfo")
    lines = cpus.read_text().splitlines() if cpus.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def _commit() -> str:
    """The commit measured, `+` behind it if files differ from it (figures do not count); empty outside a clone."""
    git = ["git", "-C", str(ROOT)]
    try:
        commit = subprocess.run([*git, "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=True)
        changed = subprocess.run(
            [*git, "status", "--porcelain", "-uno", "--", ".", *FIGURES], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return commit.stdout.strip() + ("+" if changed.stdout else "")
