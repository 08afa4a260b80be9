"""Who waits for a service to be ready does not wait for what only an operator can do, and says so."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import UnixStreamServer
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import pytest

from cli.readiness import is_behind, is_ready
from deploy.local.topology import TOPOLOGY, Plan, Program
from messaging.publisher_guard import NOT_COMPARED, behind_problem

ANY_PLAN: Plan = object.__new__(Plan)
"""A service is asked over its own socket."""


@contextmanager
def service(*problems: str) -> Iterator[Program]:
    """One that answers whoever asks for its health with these."""

    class Health(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"consuming": not problems, "problems": problems, "warnings": []}).encode()
            self.send_response(503 if problems else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Its client has no address."""

    part = next(part for part in TOPOLOGY if part.name == "intake")
    with TemporaryDirectory() as folder, UnixStreamServer(str(Path(folder) / "s"), Health) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Program(name="intake", base="intake", part=part, command=(), environment={}, socket=Path(folder) / "s")
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("problems", "ready", "behind"),
    [
        ([], True, False),
        ([behind_problem("intake.dossiers.district/11 at 4711"), "intake.facts: no place in its consumer group yet"], True, True),
        ([NOT_COMPARED], False, False),
        (["Kafka: not connected yet"], False, False),
    ],
)
def test_a_database_behind_its_topics_waits_for_a_person_and_anything_else_for_itself(
    problems: list[str], ready: bool, behind: bool
) -> None:
    with service(*problems) as program:
        assert (is_ready(ANY_PLAN, program), is_behind(program)) == (ready, behind)
