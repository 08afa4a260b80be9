"""Folding a batch of commands in memory, in the order of arrival: each sees what those before it have done. No I/O.

Law: whatever way commands are cut into batches, states, answers and events are the same as one by one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contracts.refusal import Invalid
from messaging.command_table import Answer, Command, CommandKey, CommandTable, NotLoaded, Owner, StateKey, UnitOfWork
from messaging.outbox import Draft

Outcome = Answer | Exception
"""A Refusal, or a fault that this command alone has met."""


class Overloaded(Exception):  # noqa: N818 -- it is the process that is overloaded
    """More commands wait than will be served in time: come back later."""


@dataclass(frozen=True, slots=True)
class Held:
    """Not done: it waits for what somebody else has locked."""

    key: StateKey


class KeyReused(Invalid):
    """422: the key was used for another request."""

    def __init__(self) -> None:
        super().__init__(
            "key-reused",
            vi="Idempotency-Key này đã dùng cho một yêu cầu khác. Hãy dùng khoá mới.",
            en="This Idempotency-Key was used for another request. Use a new one.",
            field="Idempotency-Key",
        )


@dataclass(frozen=True, slots=True)
class Given:
    """An answer already given, and to which request."""

    fingerprint: str
    answer: Answer


@dataclass(kw_only=True)
class CommandFold:
    """What a batch comes to. `states` holds what was loaded and is replaced by what was decided; `given` grows by each answer."""

    table: CommandTable
    now: datetime
    states: dict[StateKey, Any]
    given: dict[Owner, Given] = field(default_factory=dict)
    faults: Mapping[int, Exception] = field(default_factory=dict)
    """By index in the batch: why its keys could not be told."""
    held: Mapping[int, Held] = field(default_factory=dict)
    """By index in the batch: what is not for this transaction."""
    changed: dict[StateKey, None] = field(default_factory=dict)
    drafts: list[Draft] = field(default_factory=list)
    answered: dict[Owner, Given] = field(default_factory=dict)
    """What this batch has answered, to be kept."""

    def run(self, commands: Sequence[Command[Any]]) -> list[Outcome | Held]:
        """An outcome for each, up to the first that needs what was not loaded for it: it begins the next batch."""
        outcomes: list[Outcome | Held] = []
        for index, command in enumerate(commands):
            if index in self.held:
                outcomes.append(self.held[index])
                continue
            try:
                outcomes.append(self._answer(command))
            except NotLoaded as missing:
                if index:
                    break
                outcomes.append(self.faults.get(index, missing))
            except Exception as error:  # noqa: BLE001 -- it touches its own command only, and is that one's answer
                outcomes.append(error)
        return outcomes

    def _answer(self, command: Command[Any]) -> Answer:
        key = command.key
        given = None if key is None else self.given.get(key.owner)
        if key is not None and given is not None:
            if given.fingerprint != key.fingerprint:
                raise KeyReused
            return given.answer
        work = UnitOfWork(now=self.now, states=self.states, correlation=command.correlation)
        entry = self.table.by_body[type(command.body)]
        entry.may(command, work)
        answer = entry.handler(command, work)
        self._keep(work, key, answer)
        return answer

    def _keep(self, work: UnitOfWork, key: CommandKey | None, answer: Answer) -> None:
        self.states.update(work.changed)
        self.changed.update(dict.fromkeys(work.changed))
        self.drafts += work.drafts
        if key is not None:
            self.given[key.owner] = self.answered[key.owner] = Given(key.fingerprint, answer)

    def to_save(self) -> list[tuple[Any, list[Any]]]:
        """(saver, changed states in key order), in the order of the table."""
        by_saver: dict[object, list[Any]] = {}
        for saver, key in self.changed:
            by_saver.setdefault(saver, []).append(key)
        savers = [saver for saver in self.table.order if saver in by_saver]
        return [(saver, [self.states[saver, key] for key in sorted(by_saver[saver])]) for saver in savers]
