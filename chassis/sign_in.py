"""What the sign-in check asks of a service's database. Who was signed out or disabled is out within half a second of its arrival.

A key counts as far as it is vouched for (web.vouchers); whatever else stands on its topic is nobody's word.

A service with copies (`SignInLookUp`) answers from memory while keys, staff and units have the revisions under which the answer
was read. The revisions are looked at when the last look is half a second old, once for all requests that wait. If the database
cannot say, the error goes to each of them, and nothing is answered from memory.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contracts.directory import KeyV1, StaffV1, UnitV1
from messaging import copies
from messaging.copy_memory import Revision
from web.signin import StaffState
from web.vouchers import RootKeys, Voucher

FRESH_SECONDS: Final = 0.5
MOST_PEOPLE: Final = 4096

Answer = tuple[Voucher | None, StaffState | None]
"""What is vouched for about the key, and the person's state, each None if there is none."""
SignInFacts = Callable[[AsyncConnection, str, str], Awaitable[Any]]
"""(connection, key id, staff id) -> a row with `key`, `key_version`, `staff` and `units`, each None if unknown."""
Revisions = tuple[Revision | None, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """The revisions of keys, staff and units, and when the database was asked for them."""

    at: float
    revisions: Revisions


class SignInLookUp:
    """From the service's copies. `machine_now`: seconds of a clock that never goes back."""

    def __init__(self, database: AsyncEngine, roots: RootKeys, machine_now: Callable[[], float] = monotonic) -> None:
        self._database, self._roots, self._machine_now = database, roots, machine_now
        self._answers: OrderedDict[tuple[str, str], tuple[Revisions, Answer]] = OrderedDict()
        self._newest: Look | None = None
        self._looking: asyncio.Task[None] | None = None

    async def look_up(self, kid: str, staff_id: str) -> Answer:
        remembered = self._answers.get((kid, staff_id))
        if remembered is None or remembered[0] != (await self._fresh_look()).revisions:
            remembered = await self._read(kid, staff_id)
        self._remember(kid, staff_id, remembered)
        return remembered[1]

    async def _fresh_look(self) -> Look:
        """One that began at most half a second before this request came."""
        oldest = self._machine_now() - FRESH_SECONDS
        while self._newest is None or self._newest.at < oldest:
            if self._looking is None or self._looking.done():
                self._looking = asyncio.create_task(self._look())
                self._looking.add_done_callback(_heard)
            # A client that goes away must not end what others wait for.
            await asyncio.shield(self._looking)
        return self._newest

    async def _look(self) -> None:
        at = self._machine_now()
        async with self._database.connect() as connection:
            revisions = await _revisions(connection)
        self._newest = Look(at, revisions)

    async def _read(self, kid: str, staff_id: str) -> tuple[Revisions, Answer]:
        async with self._database.connect() as connection:
            return await _revisions(connection), await _copied(connection, self._roots, kid, staff_id)

    def _remember(self, kid: str, staff_id: str, remembered: tuple[Revisions, Answer]) -> None:
        """A person or key that nobody knows may be anybody's invention, and is not worth a place."""
        self._answers.pop((kid, staff_id), None)
        revisions, answer = remembered
        if None not in revisions and None not in answer:
            self._answers[kid, staff_id] = remembered
        if len(self._answers) > MOST_PEOPLE:
            self._answers.popitem(last=False)


def _heard(task: asyncio.Task[None]) -> None:
    """The error of a look for which nobody waits any more is nobody's."""
    if not task.cancelled():
        task.exception()


async def _revisions(connection: AsyncConnection) -> Revisions:
    return tuple([await copies.revision_of(connection, kind) for kind in (KeyV1, StaffV1, UnitV1)])


async def _copied(connection: AsyncConnection, roots: RootKeys, kid: str, staff_id: str) -> Answer:
    key = await copies.one(connection, KeyV1, kid)
    versions = {} if key is None else await copies.versions(connection, KeyV1, [kid])
    voucher = None if key is None else roots.vouched(key.voucher, kid, versions.get(kid, 0))
    staff = await copies.one(connection, StaffV1, staff_id)
    if staff is None:
        return voucher, None
    units = await copies.many(connection, UnitV1, sorted({post.unit for post in staff.posts}))
    return voucher, _state(staff, {unit.id: unit.name for unit in units.values()})


def _state(staff: StaffV1, unit_names: Mapping[str, str]) -> StaffState:
    ended = frozenset(session.sid for session in staff.ended_sessions)
    return StaffState(
        active=staff.active,
        tokens_valid_from=staff.tokens_valid_from,
        roles=staff.roles(),
        unit_names=unit_names,
        ended_sessions=ended,
    )


class OwnSignInLookUp:
    """From the tables of the service that owns keys and staff, each time. `more_units` names units that are nobody's entity, such
    as the installation itself.
    """

    def __init__(self, database: AsyncEngine, roots: RootKeys, facts: SignInFacts, more_units: Mapping[str, str]) -> None:
        self._database, self._roots, self._facts, self._more_units = database, roots, facts, more_units

    async def look_up(self, kid: str, staff_id: str) -> Answer:
        async with self._database.connect() as connection:
            row = await self._facts(connection, kid, staff_id)
        key = None if row.key is None else KeyV1.model_validate(row.key)
        voucher = None if key is None else self._roots.vouched(key.voucher, kid, row.key_version)
        if row.staff is None:
            return voucher, None
        staff = StaffV1.model_validate(row.staff)
        return voucher, _state(staff, {**(row.units or {}), **self._more_units})
