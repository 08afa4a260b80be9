"""The dated cases of `tests/unit/worktime`, and the offices that they stand in, read from their two tables."""

import tomllib
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from tests.support.worktime_world import FULL_DAY, MORNING, at
from worktime import (
    Calendar,
    CalendarDays,
    Explanation,
    Limit,
    Override,
    Owed,
    Promise,
    SameDay,
    Transfer,
    WorkingDays,
    WorkingHours,
    override,
    promise,
    resume,
)

FOLDER: Final = Path(__file__).parents[1] / "unit" / "worktime"
_KINDS: Final = {"working days": WorkingDays, "calendar days": CalendarDays, "hours": WorkingHours}
_UNTIL: Final = "same day until "


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedCase:
    """As it stands in the table; see there."""

    name: str
    accepted: str
    limit: str
    due: str
    why: list[str]
    office: str = "plain"
    before: str | None = None
    pauses: list[list[str]] = field(default_factory=list)
    transfer: str | None = None
    basis: list[str] = field(default_factory=list)
    provisional: bool = False

    def promised(self) -> Promise:
        """Before its pauses."""
        transfer = self.transfer and Transfer(None if self.transfer == "expected" else at(self.transfer))
        return promise(offices()[self.office], at(self.accepted), _limit(self.limit), transfer=transfer or None)

    def due_after_pauses(self) -> Promise:
        given = self.promised()
        for stopped, resumed, owed in self.pauses:
            given = resume(offices()[self.office], given, at(stopped), at(resumed), owed=Owed(owed))
        return given


@lru_cache(maxsize=1)
def dated_cases() -> tuple[DatedCase, ...]:
    table = tomllib.loads((FOLDER / "dated_cases.toml").read_text(encoding="utf-8"))
    return tuple(DatedCase(**case) for case in table["case"])


@lru_cache(maxsize=1)
def offices() -> dict[str, Calendar]:
    table = tomllib.loads((FOLDER / "vietnam_2024_2027.toml").read_text(encoding="utf-8"))
    exceptions = [_exception(day, kind, name) for day, (kind, name) in table["days"].items()]
    calendars = {name: _office(name, stated, exceptions, table["known_until"]) for name, stated in table["office"].items()}
    own = Calendar.from_data({"id": "commune", "version": 1, **table["commune"]})
    stated_days = {number: shifts for number, shifts in own.weekly.items() if shifts}
    commune = Override(id="commune", version=1, weekly=stated_days, exceptions=own.exceptions)
    return {**calendars, "commune": override(calendars["plain"], commune)}


def why(explanation: Explanation) -> list[str]:
    """What became of each run of days, in the short form of the table."""
    return [_run(run, hours=isinstance(explanation.limit, WorkingHours)) for run in explanation.to_data()["entries"]]


def _run(run: dict[str, Any], *, hours: bool) -> str:
    first, last = (f"{datetime.fromisoformat(run[end]):%d/%m}" for end in ("from", "to"))
    words = [first if first == last else f"{first}-{last}"]
    if run["code"] != "working_day":
        words.append(run["vi"])
    if run["number"] is not None:
        words.append(f"={_time(run['seconds'])}" if hours else f"={_numbers(run)}")
    return " ".join(words)


def _numbers(run: dict[str, Any]) -> str:
    more = (datetime.fromisoformat(run["to"]) - datetime.fromisoformat(run["from"])).days
    return f"{run['number']}-{run['number'] + more}" if more else str(run["number"])


def _time(seconds: int) -> str:
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours}h{minutes:02}"


def _office(name: str, stated: dict[str, Any], exceptions: list[dict[str, Any]], known_until: str) -> Calendar:
    week = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), FULL_DAY)
    return Calendar.from_data(
        {
            "id": name,
            "version": 1,
            "weekly": week | ({"sat": MORNING} if stated.get("saturday") else {}),
            "exceptions": exceptions,
            "counted": stated.get("counted"),
            "known_until": known_until,
            "rules": stated.get("rules"),
        }
    )


def _exception(day: str, kind: str, name: str) -> dict[str, Any]:
    shifts = FULL_DAY if kind == "swapped_working_day" else []
    return {"date": day, "kind": kind, "vi": name, "en": name, "shifts": shifts}


def _limit(text: str) -> Limit:
    if text == "same day":
        return SameDay()
    if text.startswith(_UNTIL):
        return SameDay(time.fromisoformat(text.removeprefix(_UNTIL)))
    amount, _, kind = text.partition(" ")
    return _KINDS[kind](int(amount))
