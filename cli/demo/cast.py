"""Who plays in the demo: clerks, leaders and the public, each at a desk, and the catalogue of procedures that they know."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from cli.demo.desk import Desk
from cli.demo.script import CLERKS, LEADERS, OFFICERS
from cli.directory_import import SAMPLE_PASSWORD
from cli.session import Session


@dataclass(kw_only=True)
class Cast:
    """Who plays: a desk for each clerk (by unit), leader (by unit) and officer who drafts (by staff id), and for the public."""

    clerks: dict[str, Desk]
    leaders: dict[str, Desk]
    officers: dict[str, Desk]
    public: Desk
    procedures: dict[str, dict[str, Any]]

    def papers(self, procedure: str) -> list[dict[str, str]]:
        return [
            {"code": paper["code"], "title": paper["title"]}
            for paper in self.procedures[procedure]["papers"]
            if paper["required"]
        ]

    def codes(self, procedure: str) -> list[str]:
        return [paper["code"] for paper in self.papers(procedure)]


@asynccontextmanager
async def cast(session: Session) -> AsyncIterator[Cast]:
    public = Desk(session)
    clerks = {unit: Desk(session, username, SAMPLE_PASSWORD) for unit, username in CLERKS.items()}
    leaders = {username: Desk(session, username, SAMPLE_PASSWORD) for username in LEADERS}
    officers = [Desk(session, username, SAMPLE_PASSWORD) for username in OFFICERS]
    try:
        procedures = (await public.get("/api/directory/procedures"))["procedures"]
        units = {
            post["unit"]: username
            for username, desk in leaders.items()
            for post in (await desk.get("/api/directory/me"))["posts"]
        }
        yield Cast(
            clerks=clerks,
            leaders={unit: leaders[name] for unit, name in units.items()},
            officers={(await desk.get("/api/directory/me"))["id"]: desk for desk in officers},
            public=public,
            procedures={procedure["code"]: procedure for procedure in procedures},
        )
    finally:
        for desk in (public, *clerks.values(), *leaders.values(), *officers):
            await desk.close()
