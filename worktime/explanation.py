"""Why a moment is that moment: start, every day counted or skipped with its reason, pauses, end.

Every date from acceptance to the end stands in `entries` exactly once. An explanation is complete in itself: it can be stored
beside the promise, sent, and read in years when the calendar has long changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

from worktime import wording
from worktime.civil import FIRST_YEAR, LAST_YEAR, ONE_DAY, local
from worktime.days import Reason
from worktime.entries import Entry, Owed, Pause, Run, runs
from worktime.errors import ExplanationError
from worktime.limits import Limit, limit_from_data, limit_to_data
from worktime.reception import Transfer


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """`accepted_at` is what came in, `start` the open moment that it counts for; both, and `end`, in Asia/Ho_Chi_Minh.

    `known_until`: the last day that the calendar knew; `provisional`: the end lies beyond it, so that it may still move.
    `transfer`: it counts from when the authority that decides receives it. `bases`: the legal texts by which the start moved.
    """

    calendar: str
    calendar_version: int
    limit: Limit
    accepted_at: datetime
    start: datetime
    entries: tuple[Entry, ...]
    end: datetime
    pauses: tuple[Pause, ...] = ()
    known_until: date | None = None
    provisional: bool = False
    transfer: Transfer | None = None
    bases: tuple[str, ...] = ()

    def lines(self, language: wording.Language) -> list[str]:
        """Sentences for a receipt or a page, one per run of days; `language` is "vi" or "en"."""
        return wording.lines(self, language)

    def to_data(self) -> dict[str, Any]:
        """JSON-able. `entries` are runs of days: from, to, number of the first (null: skipped), code, vi, en, seconds."""
        return {
            "calendar": self.calendar,
            "calendar_version": self.calendar_version,
            "limit": limit_to_data(self.limit),
            "accepted_at": self.accepted_at.isoformat(),
            "start": self.start.isoformat(),
            "entries": [_write_run(run) for run in runs(self.entries)],
            "end": self.end.isoformat(),
            "pauses": [_write_pause(pause) for pause in self.pauses],
            "known_until": self.known_until and self.known_until.isoformat(),
            "provisional": self.provisional,
            **({} if self.transfer is None else {"transfer": _write_transfer(self.transfer)}),
            **({"bases": [*self.bases]} if self.bases else {}),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Raises ExplanationError for anything that `to_data` does not write, or wrote before calendars had an end."""
        try:
            return cls(
                calendar=str(data["calendar"]),
                calendar_version=int(data["calendar_version"]),
                limit=limit_from_data(data["limit"]),
                accepted_at=_read_moment(data["accepted_at"]),
                start=_read_moment(data["start"]),
                entries=_read_entries(data["entries"]),
                end=_read_moment(data["end"]),
                pauses=tuple(_read_pause(pause) for pause in data["pauses"]),
                known_until=_read_day(data.get("known_until")),
                provisional=data.get("provisional") is True,
                transfer=_read_transfer(data.get("transfer")),
                bases=tuple(str(basis) for basis in data.get("bases", ())),
            )
        except (KeyError, TypeError, ValueError) as bad:
            raise ExplanationError(
                vi=f"Không đọc được diễn giải ngày hẹn đã lưu: {bad!r}.",
                en=f"The stored explanation of a promise cannot be read: {bad!r}.",
            ) from bad


def _write_run(run: Run) -> dict[str, Any]:
    return {
        "from": run.first.isoformat(),
        "to": run.last.isoformat(),
        "number": run.number,
        "code": run.reason.code,
        "vi": run.reason.vi,
        "en": run.reason.en,
        "seconds": run.seconds,
    }


def _write_pause(pause: Pause) -> dict[str, Any]:
    return {
        "paused_at": pause.paused_at.isoformat(),
        "resumed_at": pause.resumed_at.isoformat(),
        "owed": pause.owed.value,
        "remaining": pause.remaining,
        **({} if pause.left is None else {"left": pause.left}),
    }


def _write_transfer(transfer: Transfer) -> dict[str, Any]:
    return {"arrived_at": transfer.arrived_at and transfer.arrived_at.isoformat()}


def _read_moment(text: str) -> datetime:
    return local(datetime.fromisoformat(text))


def _read_day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _read_entries(data: list[dict[str, Any]]) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    for part in data:
        first, last = date.fromisoformat(part["from"]), date.fromisoformat(part["to"])
        # A run is expanded to days: an absurd one must be refused before it fills the memory.
        if not FIRST_YEAR <= first.year <= last.year <= LAST_YEAR or first > last:
            raise ValueError(part)
        if entries and entries[-1].day + ONE_DAY != first:
            raise ValueError(part)
        reason = Reason(str(part["code"]), str(part["vi"]), str(part["en"]))
        entries += Run(first=first, last=last, reason=reason, number=part["number"], seconds=int(part["seconds"])).entries()
    return tuple(entries)


def _read_pause(data: Mapping[str, Any]) -> Pause:
    moments = _read_moment(data["paused_at"]), _read_moment(data["resumed_at"])
    left = data.get("left")
    return Pause(*moments, Owed(data["owed"]), int(data["remaining"]), left=None if left is None else int(left))


def _read_transfer(data: Mapping[str, Any] | None) -> Transfer | None:
    if data is None:
        return None
    return Transfer(None if data["arrived_at"] is None else _read_moment(data["arrived_at"]))
