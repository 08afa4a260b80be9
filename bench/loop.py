"""How long a request can hold a process: every route is asked with hostile bodies and queries, by a stranger, a clerk and the
operator, and after each the process says what has held its event loop longest, in processor time of the loop's thread.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

from rich.table import Table

from bench.hostile import HOSTILE, Hostile
from bench.installation import Installation, installation, motcua
from bench.machine import describe
from bench.options import Options
from cli import http
from cli.console import inline
from cli.directory_import import SAMPLE_PASSWORD
from contracts.services import SERVICES

LIMIT_SECONDS: Final = 0.05
CLERK: Final = "minh"
_LONGEST: Final = re.compile(r'^motcua_loop_longest_block_seconds\{by="processor"\} (\S+)$', re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Block:
    """`request`: after which the process said so for the first time."""

    seconds: float
    request: str


@dataclass(frozen=True, kw_only=True)
class Blocks:
    """The longest of each process, after `asked` requests."""

    asked: int
    longest: Mapping[str, Block]
    name: str = "loop"
    sound: bool = True

    @property
    def ratio(self) -> float:
        return max(block.seconds for block in self.longest.values()) / LIMIT_SECONDS

    def as_json(self) -> dict[str, Any]:
        return {
            "bench": self.name,
            "ratio": round(self.ratio, 3),
            "ratio_of": "the longest that a request has held an event loop, to the limit",
            "limit": LIMIT_SECONDS,
            "asked": self.asked,
            "longest": {
                name: {"seconds": round(block.seconds, 4), "request": block.request} for name, block in self.longest.items()
            },
            "machine": describe(),
        }

    def table(self) -> Table:
        table = Table(title=f"{self.name}: {self.asked:,} {inline('yêu cầu', 'requests')}", title_justify="left")
        for title in (inline("Tiến trình", "Process"), "ms", inline("Sau yêu cầu", "After the request")):
            table.add_column(title)
        for name, block in sorted(self.longest.items(), key=lambda longest: -longest[1].seconds):
            table.add_row(name, f"{block.seconds * 1000:.1f}", block.request)
        table.caption = f"{inline('tối đa', 'at most')} {LIMIT_SECONDS * 1000:.0f} ms"
        return table


def run(options: Options) -> Blocks:
    """Raises Stopped when the installation does not start or does not come to rest."""
    with installation(options.data) as made:
        motcua(made, "demo", "--scale", "1")
        return ask_everything(made)


def ask_everything(made: Installation, services: Sequence[str] = SERVICES, hostile: Sequence[Hostile] = HOSTILE) -> Blocks:
    """Each process by itself, past the front door."""
    session = made.session
    tokens = {"": "", CLERK: session.token(CLERK, SAMPLE_PASSWORD), "operator": session.token()}
    asked, longest = 0, {}
    for service in services:
        with http.over_socket(session.plan.sockets / f"{service}.sock") as process:
            watch = _Watch(process, service)
            for who, token in tokens.items():
                headers = {"Authorization": f"Bearer {token}"} if token else {}
                for method, path in _routes(process, service):
                    for body in hostile:
                        watch.ask(method, path, body, headers, who or "a stranger")
            asked, longest[service] = asked + watch.asked, watch.longest
    return Blocks(asked=asked, longest=longest)


def _routes(process: http.Client, service: str) -> Iterator[tuple[str, str]]:
    """Without signing out, which would make a stranger of whoever is asked for next."""
    document = process.get(f"/api/{service}/openapi.json").raise_for_status().json()
    for path, operations in document["paths"].items():
        yield from ((method.upper(), re.sub(r"\{[^}]*\}", "1", path)) for method in operations if not path.endswith("/sign-out"))


@dataclass
class _Watch:
    """One process, asked past the front door; a GET brings a body too."""

    process: http.Client
    service: str
    asked: int = 0
    longest: Block = field(default_factory=lambda: Block(seconds=0, request=""))

    def __post_init__(self) -> None:
        self.longest = Block(seconds=self._said(), request="what it did before")

    def ask(self, method: str, path: str, hostile: Hostile, headers: Mapping[str, str], who: str) -> None:
        given = {**headers, "Content-Type": hostile.media, "Idempotency-Key": str(uuid4()), "If-Match": '"1"'}
        address = f"{path}?{hostile.query}" if hostile.query else path
        with suppress(http.Unreachable):  # a body that is too large may be cut off before it is there
            self.process.request(method, address, content=hostile.body, headers=given)
        self.asked += 1
        if (seconds := self._said()) > self.longest.seconds:
            self.longest = Block(seconds=seconds, request=f"{method} {path} ({who}), {hostile.name}")

    def _said(self) -> float:
        said = _LONGEST.search(self.process.get(f"/api/{self.service}/metrics").raise_for_status().text)
        return float(said[1]) if said else 0.0
