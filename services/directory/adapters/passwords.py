"""Passwords are hashed with Argon2id, two at a time: each costs memory and a processor, and nobody may have all of them.

A few more wait their turn, shared out by address; whoever comes then is refused at once and may come back.
"""

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.directory.adapters.turns import Turns

T = TypeVar("T")
AT_ONCE: Final = 2
WAITING: Final = 64
OURSELVES: Final = "ourselves"
"""Imports and the start ask for one hash at a time, like an address from which somebody signs in."""
# 19 MiB, two passes, one lane: the least that OWASP's cheat sheet on password storage names for Argon2id.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# What an unknown name is checked against, so that it takes as long as a known one.
_NOBODYS: Final = "$argon2id$v=19$m=19456,t=2,p=1$2kfPbh/LY+bH/Id6R0Ea8Q$2yRX/XcTfNHALXIvgcnUDo9qoPQjn+VtsX3U4ae5/+s"


class Passwords:
    """One for a process. `client`: the address that asks."""

    def __init__(self) -> None:
        self._turns = Turns(AT_ONCE, WAITING)

    async def verify(self, password: str, hashed: str | None, client: str) -> bool:
        """Whether it is the password; raises Unavailable when too many ask at once. None takes as long, and is never right."""
        right = await self._in_turn(partial(_verify, password, hashed or _NOBODYS), client)
        return right and hashed is not None

    async def hash_all(self, passwords: Iterable[str]) -> dict[str, str]:
        """A hash for each different password. Those who share an initial password share its hash until they change it."""
        return {password: await self._in_turn(partial(_HASHER.hash, password), OURSELVES) for password in {*passwords}}

    async def _in_turn(self, work: Callable[[], T], client: str) -> T:
        async with self._turns.turn(client):
            return await asyncio.to_thread(work)


def _verify(password: str, hashed: str) -> bool:
    try:
        return _HASHER.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


PASSWORDS: Final = Passwords()
