"""What a changed calendar would do to open promises, before it is imported: counted as the pass that moves them counts."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from chassis.process import Process
from contracts.civil import civil_day
from contracts.directory import CalendarV1
from contracts.intake import UnitRef
from contracts.values import Lane
from messaging import copies
from services.intake.domain.moves import Sieve, later_promise
from services.intake.domain.offers import unusable
from services.intake.repository import promise_preview
from services.intake.schemas.promises import MovedDay, PromisesPreview
from worktime import Calendar, Explanation, Params, WorkingDays, WorktimeError
from worktime.promise import count

AT_ONCE: Final = 200
MOST_MOVES: Final = 200
_AS_RECEIVED: Final = Params()
"""A rule of reception that changes moves no date: the limit began when it began."""
Group = tuple[str, str, date, date]


async def preview_of(process: Process, copy: CalendarV1, units: Sequence[str] | None) -> PromisesPreview:
    """`units` None: of all. Raises Refusal for a calendar that cannot be counted with."""
    async with process.reads.connect() as connection:
        version = (await copies.versions(connection, CalendarV1, [copy.id])).get(copy.id, 0) + 1
    try:
        preview = _Preview(Calendar.from_data({**copy.model_dump(mode="json"), "version": version}), process.clock())
        for lane in Lane:
            await _read_lane(process, preview, lane, units)
    except WorktimeError as error:
        raise unusable(error) from error
    return preview.answer()


async def _read_lane(process: Process, preview: "_Preview", lane: Lane, units: Sequence[str] | None) -> None:
    last: str | None = ""
    while last is not None:
        async with process.reads.connect() as connection:
            rows = await promise_preview.page(
                connection, lane, preview.calendar.id, units, now=preview.now, last=last, limit=AT_ONCE
            )
        for row in rows:
            preview.add(row)
        last = rows[-1].id if rows else None


class _Preview:
    """Dossiers of the same days move alike, so each pair of days is counted once."""

    def __init__(self, calendar: Calendar, now: datetime) -> None:
        self.calendar, self.now = calendar, now
        self._sieve, self._days = Sieve(calendar), dict[tuple[date, date, int], date | None]()
        self._open, self._moves = 0, Counter[Group]()

    def add(self, row: Any) -> None:
        self._open += 1
        if not self._sieve.passes(row.start, row.until, row.days):
            return
        moved_to = self._of_explanation(row.explanation) if row.days is None else self._of_days(row)
        if moved_to is not None:
            self._moves[row.unit_id, row.unit_name, civil_day(row.until), moved_to] += 1

    def _of_explanation(self, explanation: Any) -> date | None:
        again = later_promise(self.calendar, Explanation.from_data(explanation), self.now)
        return None if again is None else civil_day(again.moment)

    def _of_days(self, row: Any) -> date | None:
        key = civil_day(row.start), civil_day(row.until), row.days
        if key not in self._days:
            again = count(self.calendar, row.start, WorkingDays(row.days), _AS_RECEIVED, None)
            day = civil_day(again.moment)
            self._days[key] = day if day > key[1] else None
        return self._days[key]

    def answer(self) -> PromisesPreview:
        groups = self._moves.most_common(MOST_MOVES)
        return PromisesPreview(
            calendar=self.calendar.id,
            open=self._open,
            moved=self._moves.total(),
            moves=[
                MovedDay(unit=UnitRef(id=unit, name=name), previous_day=before, day=after, dossiers=number)
                for (unit, name, before, after), number in groups
            ],
            truncated=len(self._moves) > MOST_MOVES,
        )
