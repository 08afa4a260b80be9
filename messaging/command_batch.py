"""What one transaction of commands does: claim their keys, load what they need in lock order, fold, save, keep the answers."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging import command_keys, outbox
from messaging.command_folding import CommandFold, Given, Outcome
from messaging.command_table import Command, CommandTable, Owner, StateKey, UnitOfWork
from messaging.statements import pipeline


@dataclass(kw_only=True)
class CommandBatch:
    """Nothing is committed here. `faults`: why a command could not tell what it needs, by its index."""

    connection: AsyncConnection
    table: CommandTable
    now: datetime
    commands: Sequence[Command[Any]]
    states: dict[StateKey, Any] = field(default_factory=dict)
    faults: dict[int, Exception] = field(default_factory=dict)
    changes: bool = False

    async def run(self) -> list[Outcome]:
        """An outcome for each of the first commands, at least for one; the others belong to the next transaction.

        When `changes` is false there is nothing to commit: rolled back, the keys are free again.
        """
        self.commands = self.table.together(self.commands)
        keys = {key for command in self.commands if (key := command.key) is not None}
        given = await command_keys.claim(self.connection, keys, self.now)
        await self._load(given)
        fold = CommandFold(table=self.table, now=self.now, states=self.states, given=dict(given), faults=self.faults)
        # One that goes alone may take long to fold: other requests go on meanwhile.
        entry = self.table.by_body.get(type(self.commands[0].body))
        alone = entry is not None and entry.alone
        outcomes = await asyncio.to_thread(fold.run, self.commands) if alone else fold.run(self.commands)
        self.changes = bool(fold.answered or fold.changed or fold.drafts)
        if self.changes:
            await self._save(fold, {key.owner for key in keys} - fold.given.keys())
        return outcomes

    async def _load(self, given: dict[Owner, Given]) -> None:
        """Loader by loader, in lock order, each for all commands at once; those already answered need nothing."""
        fresh = [
            (index, command)
            for index, command in enumerate(self.commands)
            if command.key is None or command.key.owner not in given
        ]
        for loader in self.table.order:
            keys = sorted({key for index, command in fresh for key in self._keys(index, command, loader)})
            if keys:
                loaded = await loader.load(self.connection, keys)  # type: ignore[attr-defined]
                self.states |= {(loader, key): loaded.get(key) for key in keys}

    def _keys(self, index: int, command: Command[Any], loader: object) -> Iterable[Any]:
        entry = self.table.by_body.get(type(command.body))
        if entry is None or index in self.faults:
            return ()
        work = UnitOfWork(now=self.now, states=self.states)
        try:
            return [key for load in entry.loads if load.loader is loader for key in load.keys(command, work)]
        except Exception as error:  # noqa: BLE001 -- the handler meets it again, and it is the command's answer
            self.faults[index] = error
            return ()

    async def _save(self, fold: CommandFold, refused: set[Owner]) -> None:
        async with pipeline(self.connection):
            for saver, states in fold.to_save():
                await saver.save(self.connection, states)
            await outbox.write(self.connection, fold.drafts)
            await command_keys.keep(self.connection, fold.answered)
            await command_keys.release(self.connection, refused)
