"""What one transaction of commands does: claim their keys, load what they need in lock order, fold, save, keep the answers."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging import command_keys, outbox
from messaging.command_folding import CommandFold, Given, Held, Outcome
from messaging.command_table import Command, CommandTable, LocksTaken, Owner, StateKey, UnitOfWork
from messaging.connections import COMMANDS, JOBS, limit
from messaging.faults import is_locked
from messaging.statements import pipeline

CLAIM: Final = "Idempotency-Key"
"""What an owner's key is held under, in the place of a loader."""


@dataclass(kw_only=True)
class CommandBatch:
    """Nothing is committed here. `held`: keys that this transaction is not to wait for; `aside`: the commands that need them, by
    their index. `faults`: why a command could not tell what it needs, by its index.
    """

    connection: AsyncConnection
    table: CommandTable
    now: datetime
    commands: Sequence[Command[Any]]
    held: AbstractSet[StateKey] = frozenset()
    aside: dict[int, Held] = field(default_factory=dict)
    states: dict[StateKey, Any] = field(default_factory=dict)
    faults: dict[int, Exception] = field(default_factory=dict)
    changes: bool = False

    async def run(self, lock_seconds: float | None = None) -> list[Outcome | Held]:
        """An outcome for each of the first commands, at least for one; the others belong to the next transaction.
        `lock_seconds`: how long it waits for a lock, if not as long as usual.

        When `changes` is false there is nothing to commit: rolled back, the keys are free again. Raises LocksTaken.
        """
        self.commands = self.table.together(self.commands)
        entry = self.table.by_body.get(type(self.commands[0].body))
        alone = entry is not None and entry.alone
        if alone or lock_seconds is not None:
            await self._limit(alone, lock_seconds)
        keys = {key for command in self.commands if (key := command.key) is not None}
        claimed = await command_keys.claim(self.connection, keys, self.now)
        given = {owner: answer for owner, answer in claimed.items() if answer is not None}
        self._set_claimed_aside(claimed.keys() - given.keys())
        await self._load(given)
        fold = CommandFold(
            table=self.table, now=self.now, states=self.states, given=dict(given), faults=self.faults, held=self.aside
        )
        # One that goes alone may take long to fold: other requests go on meanwhile.
        outcomes = await asyncio.to_thread(fold.run, self.commands) if alone else fold.run(self.commands)
        self.changes = bool(fold.answered or fold.changed or fold.drafts)
        if self.changes:
            await self._save(fold, {key.owner for key in keys} - fold.given.keys() - claimed.keys())
        return outcomes

    async def _limit(self, alone: bool, lock_seconds: float | None) -> None:
        limits = JOBS if alone else COMMANDS
        await limit(self.connection, limits if lock_seconds is None else replace(limits, lock=lock_seconds))

    def _set_claimed_aside(self, owners: AbstractSet[Owner]) -> None:
        for index, command in enumerate(self.commands):
            if command.key is not None and command.key.owner in owners:
                self.aside[index] = Held((CLAIM, command.key.owner))

    async def _load(self, given: Mapping[Owner, Given]) -> None:
        """Loader by loader, in lock order, each for all commands at once; those already answered need nothing."""
        fresh = [
            (index, command)
            for index, command in enumerate(self.commands)
            if command.key is None or command.key.owner not in given
        ]
        for loader in self.table.order:
            keys = sorted({key for index, command in fresh for key in self._keys(index, command, loader)})
            if keys:
                self.states |= await self._locked(loader, keys)

    async def _locked(self, loader: Any, keys: Sequence[Any]) -> dict[StateKey, Any]:
        try:
            loaded = await loader.load(self.connection, keys)
        except Exception as error:
            if is_locked(error):
                raise LocksTaken((loader, key) for key in keys) from error
            raise
        return {(loader, key): loaded.get(key) for key in keys}

    def _keys(self, index: int, command: Command[Any], loader: object) -> Iterable[Any]:
        entry = self.table.by_body.get(type(command.body))
        if entry is None or index in self.faults or index in self.aside:
            return ()
        work = UnitOfWork(now=self.now, states=self.states)
        try:
            keys = [key for load in entry.loads if load.loader is loader for key in load.keys(command, work)]
        except Exception as error:  # noqa: BLE001 -- the handler meets it again, and it is the command's answer
            self.faults[index] = error
            return ()
        if held := next(((loader, key) for key in keys if (loader, key) in self.held), None):
            self.aside[index] = Held(held)
            return ()
        return keys

    async def _save(self, fold: CommandFold, refused: set[Owner]) -> None:
        async with pipeline(self.connection):
            for saver, states in fold.to_save():
                await saver.save(self.connection, states)
            await outbox.write(self.connection, fold.drafts)
            await command_keys.keep(self.connection, fold.answered)
            await command_keys.release(self.connection, refused)
