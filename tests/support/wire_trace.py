"""What goes over the wire to PostgreSQL, counted by libpq itself: statements and bytes, prepared and COPY ones too."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg.pq
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

_LINE = re.compile(r"^(?:[\d-]+ [\d:.]+\t)?F\t(\d+)\t(\w+)(.*)$")
_STATEMENTS = ("Query", "Bind")
"""A statement is sent by itself (BEGIN, COPY), or its parameters are bound to it."""


@dataclass
class Wire:
    """`statements`: in order, each as its first words. `sent`: bytes to the server."""

    statements: list[str]
    sent: int


@contextmanager
def traced(database: AsyncEngine) -> Iterator[Wire]:
    """Of every connection that the engine hands out meanwhile."""
    wire = Wire([], 0)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "trace"
        with file.open("w") as out:

            def start(adapted: Any, *_: Any) -> None:
                adapted.driver_connection.pgconn.trace(out.fileno())
                adapted.driver_connection.pgconn.set_trace_flags(psycopg.pq.Trace.SUPPRESS_TIMESTAMPS)

            def stop(adapted: Any, *_: Any) -> None:
                adapted.driver_connection.pgconn.untrace()

            event.listen(database.sync_engine, "checkout", start)
            event.listen(database.sync_engine, "checkin", stop)
            try:
                yield wire
            finally:
                event.remove(database.sync_engine, "checkout", start)
                event.remove(database.sync_engine, "checkin", stop)
        for line in file.read_text("utf-8", "replace").splitlines():
            match = _LINE.match(line)
            if match:
                wire.sent += int(match[1])
                if match[2] in _STATEMENTS:
                    wire.statements.append(f"{match[2]} {' '.join(match[3].split())[:90]}")
