"""Stops a consumer group that would bury a whole topic: then something is wrong with us or with them, and a person must look.

Each group has a limit of its own: what dies in one lane halts no other. What a person has tried again and strays without a key
are not counted, and a batch in which nothing dies is never refused.
"""

import time
from collections import deque
from dataclasses import dataclass, field

from messaging.work import BatchResult

WINDOW_SECONDS = 60.0


class DeadLetterLimitExceeded(Exception):  # noqa: N818 -- a decision, not an accident
    """More than the set share of events died within a minute."""


@dataclass(kw_only=True)
class DeadLetterLimit:
    """Over `share` of at least `least` events dead within a minute. Only what was committed is remembered, by the second: a look
    costs the same however many batches a minute has.
    """

    share: float = 0.5
    least: int = 200
    _seconds: deque[tuple[int, int, int]] = field(default_factory=deque)
    _died: int = 0
    _sound: int = 0

    def check(self, result: BatchResult) -> None:
        """Raises DeadLetterLimitExceeded if this much more would be too much."""
        if not result.died:
            return
        self._forget_before(time.monotonic() - WINDOW_SECONDS)
        died = self._died + result.died
        total = died + self._sound + result.applied + result.states
        if total >= self.least and died > self.share * total:
            raise DeadLetterLimitExceeded(f"{died} of {total} events died within a minute")

    def remember(self, result: BatchResult) -> None:
        now, sound = time.monotonic(), result.applied + result.states
        if self._seconds and self._seconds[-1][0] == int(now):
            _, sound_so_far, died_so_far = self._seconds.pop()
            self._seconds.append((int(now), sound_so_far + sound, died_so_far + result.died))
        else:
            self._forget_before(now - WINDOW_SECONDS)
            self._seconds.append((int(now), sound, result.died))
        self._sound += sound
        self._died += result.died

    def _forget_before(self, moment: float) -> None:
        while self._seconds and self._seconds[0][0] < moment:
            _, sound, died = self._seconds.popleft()
            self._sound -= sound
            self._died -= died
