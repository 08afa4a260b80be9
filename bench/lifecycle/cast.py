"""Who takes part in the lives: all desks of the sample province, its leaders and officers, each signed in once.

They come from the sample's own files, so a procedure, a unit or a clerk that is added there takes part by itself.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

from cli.directory_import import SAMPLE_PASSWORD
from cli.sample import FOLDER
from cli.session import Session
from contracts.values import Lane, Role, Tier

AUTHORIZATION: Final = "Authorization: Bearer {}\r\n"


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A clerk (by staff id) of a unit with a procedure that the unit receives; `leader` leads the unit that decides."""

    unit: str
    procedure: str
    papers: tuple[str, ...]
    clerk: str
    leader: str


@dataclass(frozen=True)
class Cast:
    """`authorization` is a header line by staff id. `online`: the share of lives that begin online, at `desks_online`."""

    desks: tuple[Desk, ...]
    authorization: Mapping[str, str] = field(repr=False)
    online: float = 0.0
    desks_online: tuple[Desk, ...] = ()


def sign_in(session: Session) -> Cast:
    """Through the front door, everybody once: directory closes a name after a few wrong passwords, and each costs CPU."""
    desks = tuple(sample_desks())
    users = {row["id"]: row["username"] for row in _rows("staff")}
    working = {post["staff"] for post in _rows("posts") if post["role"] != "admin"}
    return Cast(desks, {staff: AUTHORIZATION.format(session.token(users[staff], SAMPLE_PASSWORD)) for staff in sorted(working)})


def sample_desks() -> Iterator[Desk]:
    """Every clerk with every procedure that is decided in one call, in the version that is in force, of every unit."""
    newest = {row["code"]: row["version"] for row in _rows("procedures")}
    signed = {row["code"] for row in _rows("procedures") if row["signing"] == "leader"}
    leaders = {post["unit"]: post["staff"] for post in _rows("posts") if post["role"] == Role.LEADER}
    for rule in _rows("competences"):
        if rule["procedure"] in signed:
            continue
        if rule["versions"] and newest[rule["procedure"]] not in rule["versions"].split():
            continue
        papers = tuple(_papers(rule["procedure"], newest[rule["procedure"]]))
        for unit in rule["receiving"].split():
            for clerk in _clerks(unit):
                leader = leaders[rule["competent"] or unit]
                yield Desk(unit=unit, procedure=rule["procedure"], papers=papers, clerk=clerk, leader=leader)


def with_online(cast: Cast, share: float) -> Cast:
    """The same people, where citizens hand in that share online."""
    online = {row["code"]: row["online"] != "none" for row in _rows("procedures")}
    return replace(cast, online=share, desks_online=tuple(desk for desk in cast.desks if online[desk.procedure]))


def desks_by_post() -> tuple[Desk, ...]:
    """Those whose procedure the post may collect for, as it is in force."""
    by_post = {row["code"]: row["by_post"] == "yes" for row in _rows("procedures")}
    return tuple(desk for desk in sample_desks() if by_post[desk.procedure])


def desks_of_lane(lane: Lane) -> tuple[Desk, ...]:
    """Those at whose counters a dossier comes into that lane."""
    lanes = {row["id"]: Tier(row["tier"]).lane for row in _rows("units")}
    return tuple(desk for desk in sample_desks() if lanes[desk.unit] is lane)


def _papers(procedure: str, version: str) -> Iterator[str]:
    for paper in _rows("papers"):
        in_force = not paper["versions"] or version in paper["versions"].split()
        if paper["procedure"] == procedure and paper["required"] == "yes" and in_force:
            yield paper["code"]


def _clerks(unit: str) -> list[str]:
    return [post["staff"] for post in _rows("posts") if post["unit"] == unit and post["role"] == Role.CLERK]


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
