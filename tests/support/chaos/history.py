"""What the clients asked for, and what became of it as far as they know: acknowledged, refused, or unknown.

A command without an answer stays unknown: it may or may not have taken effect, but not twice. Each is written to the history's
file when its client is done with it, so that the evidence of a run outlives the run.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TextIO


class Kind(StrEnum):
    RECEIVE = "receive"
    SUBMIT = "submit"
    COLLECT = "collect"
    ACCEPT = "accept"
    DECIDE = "decide"
    HAND_OVER = "hand-over"
    GUIDE = "guide"


class State(StrEnum):
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    UNKNOWN = "unknown"


OPENS_DOSSIER: Final = frozenset({Kind.RECEIVE, Kind.SUBMIT, Kind.COLLECT})
KEPT: Final = ("id", "version", "code", "status", "collection")
"""What is kept of an answer: no secret and no name."""


@dataclass(kw_only=True)
class Command:
    """`mark` is in the name and the mail address of its applicant, so that its dossier is known by it. `target`: the dossier it
    is about, once known; `result_number`: that of a decision. Times are seconds since the run began.
    """

    key: str
    client: str
    kind: Kind
    mark: str = ""
    target: str = ""
    result_number: str = ""
    sent_at: float
    answered_at: float | None = None
    attempts: int = 0
    status: int | None = None
    answer: dict[str, Any] = field(default_factory=dict)
    later_answers: list[dict[str, Any]] = field(default_factory=list)

    @property
    def state(self) -> State:
        if self.status is None:
            return State.UNKNOWN
        return State.ACKNOWLEDGED if self.status < 300 else State.REFUSED

    @property
    def acknowledged(self) -> bool:
        return self.state is State.ACKNOWLEDGED

    def take_answer(self, status: int, body: Mapping[str, Any], at: float) -> None:
        """The first one counts; those that the same key is given later must be the same."""
        kept = {name: body[name] for name in KEPT if name in body}
        if self.status is None:
            self.status, self.answer, self.answered_at = status, kept, at
        else:
            self.later_answers.append(kept)


class History:
    """All commands of a run."""

    def __init__(self, file: Path | None = None) -> None:
        self.commands: list[Command] = []
        self._file: TextIO | None = file.open("w", encoding="utf-8") if file else None

    def add(self, command: Command) -> None:
        """Known from before it is sent: a crash of the client leaves it unknown, not unasked."""
        self.commands.append(command)

    def keep(self, command: Command) -> None:
        if self._file:
            self._file.write(json.dumps(asdict(command) | {"state": command.state}, ensure_ascii=False) + "\n")
            self._file.flush()

    def close(self) -> None:
        if self._file:
            self._file.close()

    def of(self, *kinds: Kind) -> Iterator[Command]:
        return (command for command in self.commands if command.kind in kinds)

    def count(self, state: State) -> int:
        return sum(command.state is state for command in self.commands)
