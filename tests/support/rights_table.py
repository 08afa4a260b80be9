"""The table of rights as it is written in rights.toml, and the people whom it names: somebody in each role at each place."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, Self
from uuid import uuid4

from contracts.directory import PostV1, StaffV1
from contracts.values import Role
from tests.support.reference_data import (
    CENTRE,
    COMMUNE,
    DEPARTMENT,
    DISTRICT,
    INSTALLATION,
    INSURANCE,
    LIFETIME,
    LONG_AGO,
    PRIVATE_KEY,
    people,
)
from web.tokens import TokenClaims, sign

PLACES: Final = {"own": DISTRICT, "above": CENTRE, "below": COMMUNE, "beside": DEPARTMENT, "deciding": INSURANCE}
ROLES: Final = (Role.CLERK, Role.OFFICER, Role.LEADER, Role.ADMIN)
STRANGER, GHOST, OPERATOR = "stranger", "ghost", "operator"


@dataclass(frozen=True, kw_only=True)
class Asker:
    """`roles`: what the token says; the record says it too, but for the ghost's."""

    name: str
    staff: StaffV1 | None
    roles: Mapping[str, frozenset[Role]] = field(default_factory=dict)

    def headers(self, now: datetime) -> dict[str, str]:
        """With a token and an Idempotency-Key that nobody has seen yet."""
        given = {"Idempotency-Key": str(uuid4()), "Sec-Fetch-Site": "same-origin"}
        if self.staff is None:
            return given
        claims = TokenClaims.issue(
            staff_id=self.staff.id,
            username=self.staff.username,
            name=self.staff.name,
            roles=self.roles,
            sid=uuid4().hex,
            at=now,
            lifetime=LIFETIME,
        )
        return given | {"Authorization": f"Bearer {sign(claims, PRIVATE_KEY)}"}


@dataclass(frozen=True, kw_only=True)
class Right:
    """One line: which names may, and which of them find in the answer what they look for (None: it is not looked for)."""

    may: frozenset[str]
    shows: frozenset[str] | None
    exists: bool

    @classmethod
    def read(cls, line: Mapping[str, Any]) -> Self:
        shows = line.get("shows")
        return cls(may=_names(line), shows=None if shows is None else _names(shows), exists=line.get("exists", True))


def _names(line: Mapping[str, Any]) -> frozenset[str]:
    assert line.keys() <= {*PLACES, "anywhere", "operator", "signed_in", "public", "shows", "exists"}, line
    everybody = {asker.name for asker in askers()}
    if line.get("public"):
        return frozenset(everybody)
    if line.get("signed_in"):
        return frozenset(everybody - {STRANGER})
    at = {seat: line.get(seat, line.get("anywhere", "")) for seat in PLACES}
    named = {f"{Role(role)} {seat}" for seat, roles in at.items() for role in roles.split()}
    return frozenset(named | ({OPERATOR} if line.get("operator") else set()))


@cache
def askers() -> tuple[Asker, ...]:
    inside = [_somebody(role, seat) for seat in PLACES for role in ROLES]
    everything = {unit: frozenset(Role) for unit in (*PLACES.values(), INSTALLATION)}
    ghost = Asker(name=GHOST, staff=_staff("x-ghost", []), roles=everything)
    operator = people()[OPERATOR]
    return (*inside, ghost, Asker(name=OPERATOR, staff=operator, roles=operator.roles()), Asker(name=STRANGER, staff=None))


def _somebody(role: Role, seat: str) -> Asker:
    staff = _staff(f"x-{role}-{seat}", [PostV1(unit=PLACES[seat], role=role)])
    return Asker(name=f"{role} {seat}", staff=staff, roles=staff.roles())


def _staff(ident: str, posts: list[PostV1]) -> StaffV1:
    return StaffV1(id=ident, username=ident, name=f"Người {ident}", active=True, tokens_valid_from=LONG_AGO, posts=posts)


def table_of(service: str) -> dict[str, Right]:
    """Line -> who may."""
    written = tomllib.loads((Path(__file__).with_name("rights.toml")).read_text(encoding="utf-8"))
    lines = {line.replace("{service}", service): right for line, right in written["every"].items()} | written[service]
    return {line: Right.read(right) for line, right in lines.items()}
