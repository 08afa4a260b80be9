"""A replay: all projections rebuilt from the facts in Kafka. At most one runs in the whole installation, in several attempts."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from contracts.refusal import Refusal

MOST_ATTEMPTS: Final = 5


class ReplayUnderWay(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "replay-under-way",
            vi="Số liệu đang được dựng lại. Hãy đợi lần này xong rồi yêu cầu lần khác.",
            en="The figures are being rebuilt already. Wait for that to end before asking for another.",
        )


class Superseded(Exception):  # noqa: N818 -- not an error: this attempt has been replaced
    """Another process has begun a later attempt at this replay; it alone may go on."""


class ReplayState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """`has_read` of `to_read` records are read. `error` says why the last attempt that failed did so."""

    id: int
    state: ReplayState
    attempt: int
    has_read: int
    to_read: int
    requested_at: datetime
    ended_at: datetime | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Attempt:
    replay: int
    number: int
