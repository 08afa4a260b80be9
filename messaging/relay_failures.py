"""What Kafka does not take at present: which rows a relay leaves aside, and until when.

A topic that takes nothing is left aside as a whole; a record that Kafka refuses, with what follows it under its key. All other
rows go on. Each is tried again with back-off, for ever: rows are never given up, and a person may mend the topic.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import structlog
from aiokafka.errors import (
    CorruptRecordException,
    InvalidTimestampError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    RecordTooLargeError,
)

from messaging.backoff import DOUBLINGS, FIRST_SECONDS, LONGEST_SECONDS
from messaging.faults import loggable
from messaging.metrics import RELAY_FAILING
from messaging.producer import Outcome

REFUSALS: Final = (
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    RecordTooLargeError,
    CorruptRecordException,
    InvalidTimestampError,
    ValueError,
)
"""What a record brings about: the same again will be refused again, and others need not be."""
WORTH_SAYING: Final = 3
"""So many times in a row and it is a problem; a topic that was just made has no leader for a moment."""

log = structlog.get_logger(__name__)


class Held(NamedTuple):
    """A topic, or one key of it."""

    topic: str
    key: str | None = None


@dataclass(slots=True)
class _Failing:
    error: str = ""
    attempt: int = 0
    due: float = 0.0


@dataclass(kw_only=True)
class Failures:
    """Of one relay. `singly`: topics of which a batch was refused, to be sent record by record until it is known which one."""

    lane: str
    singly: frozenset[str] = frozenset()
    _failing: dict[Held, _Failing] = field(default_factory=dict)

    def aside(self, now: float) -> frozenset[Held]:
        """What the next round leaves alone."""
        return frozenset(held for held, failing in self._failing.items() if failing.due > now)

    def due_in(self, now: float) -> float | None:
        """Seconds until something is to be tried again; None when nothing fails."""
        return max(0.0, min(failing.due for failing in self._failing.values()) - now) if self._failing else None

    def problems(self) -> list[str]:
        """A sentence for an operator each. No key stands in it: it may be a person's."""
        return sorted(
            {
                f"relay {self.lane}: {held.topic} {'takes no rows' if held.key is None else 'refuses a record'}: {failing.error}"
                for held, failing in self._failing.items()
                if failing.attempt >= WORTH_SAYING
            }
        )

    def note(self, rows: Sequence[Any], outcome: Outcome, aside: frozenset[Held], *, now: float, took: float, full: bool) -> None:
        """After a round that left `aside` alone and took so many seconds. `full`: there may be more rows than it saw."""
        topics_before = {held.topic for held in self._failing}
        failed = self._failed(rows, outcome)
        acknowledged = {rows[index] for index in outcome.acknowledged}
        moved = {row.aggregatetype for row in acknowledged} | {(row.aggregatetype, row.aggregateid) for row in acknowledged}
        unsettled = {failure.topic for failure in outcome.failures}
        for held in self._failing.keys() - aside - failed.keys():
            gone = not full and held.topic not in unsettled
            if gone or (held.topic if held.key is None else held) in moved:
                del self._failing[held]
        for held, error in failed.items():
            self._fail(held, error, now, took)
        for topic in topics_before | {held.topic for held in self._failing}:
            RELAY_FAILING.labels(self.lane, topic).set(any(held.topic == topic for held in self._failing))

    def _failed(self, rows: Sequence[Any], outcome: Outcome) -> dict[Held, Exception]:
        """A topic of which something was acknowledged is slow, and not left aside: the next round is smaller."""
        moved = {rows[index].aggregatetype for index in outcome.acknowledged}
        failed: dict[Held, Exception] = {}
        singly = set()
        for failure in outcome.failures:
            if isinstance(failure.error, REFUSALS):
                singly.add(failure.topic)
                if len(failure.batch) == 1:
                    failed[Held(failure.topic, rows[failure.batch[0]].aggregateid)] = failure.error
            elif failure.topic not in moved:
                failed[Held(failure.topic)] = failure.error
        self.singly = frozenset(singly)
        return failed

    def _fail(self, held: Held, error: Exception, now: float, took: float) -> None:
        """Not before as much time has passed as the attempt took: half the time at least is for the others."""
        failing = self._failing.setdefault(held, _Failing())
        failing.attempt += 1
        failing.error = loggable(error)
        pause = min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** min(failing.attempt, DOUBLINGS))
        failing.due = now + max(took, pause * random.uniform(0.5, 1))  # noqa: S311 -- jitter, not a secret
        what = "rows stay in the outbox, the others go on"
        log.warning(what, lane=self.lane, topic=held.topic, attempt=failing.attempt, error=failing.error)
