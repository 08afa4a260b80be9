"""The clock stands still while papers or money are owed, and goes on after with what remained.

- Days: the whole days after the day of the stop are kept, and follow the day of resumption, which takes the place
  (and the number) of the day on which the clock stopped.
- When only the rest of the last day remained (same-day limits always) and the day of resumption has less working time left,
  it ends with the next working day: papers handed in at 16:55 do not make a promise for 17:00 of what had five hours. A further
  pause goes on from what is then left of those hours, so that two pauses in a row are one.
- Working hours: exactly what remained runs on.
- A pause that begins when the limit has already passed adds nothing; it is listed all the same.

A stop or resumption outside working time counts as the beginning of the next shift, like reception. The calendar may be a newer
version than that of the promise: what is counted anew follows the newer one.
"""

from dataclasses import replace
from datetime import datetime

from worktime.calendar import Calendar
from worktime.civil import ONE_DAY, days_between, local
from worktime.counting import count_calendar_days, count_days, count_seconds
from worktime.entries import LAST_DAY, PAUSED, RESUMED, TOO_LITTLE_LEFT, Entry, Owed, Pause
from worktime.errors import PauseError
from worktime.explanation import Explanation
from worktime.limits import CalendarDays, WorkingHours
from worktime.promise import Promise, count
from worktime.reception import Transfer
from worktime.rules import Params


def resume(
    calendar: Calendar, promise: Promise, paused_at: datetime, resumed_at: datetime, *, owed: Owed = Owed.PAPERS
) -> Promise:
    """The promise after a pause; never earlier than before under the same calendar, the same for a pause of no length.

    Raises PauseError unless acceptance, earlier pauses, `paused_at` and `resumed_at` follow one another.
    """
    explanation = promise.explanation
    paused, resumed = local(paused_at), local(resumed_at)
    _check_order(explanation, paused, resumed)
    if paused == resumed:
        return promise
    stop, go = (calendar.next_working(max(explanation.start, moment)) for moment in (paused, resumed))
    remaining, left, entries, end = 0, None, explanation.entries, explanation.end
    if paused >= end:
        pass
    elif isinstance(explanation.limit, WorkingHours):
        remaining = _seconds_remaining(calendar, explanation, explanation.limit, stop)
        entries, end = _go_on_by_hours(calendar, explanation, stop, go, remaining)
    else:
        remaining, left = _days_remaining(calendar, explanation, stop)
        # The day that makes good for too short a one stays, where no working time stood still.
        if stop != go or not _is_in_last_day(explanation):
            entries = _go_on_by_days(calendar, explanation, stop, go, remaining, left)
            end = calendar.closing(entries[-1].day)
    pause = Pause(paused, resumed, owed, remaining, left=left)
    return Promise(
        replace(
            explanation,
            calendar=calendar.id,
            calendar_version=calendar.version,
            entries=entries,
            end=end,
            pauses=(*explanation.pauses, pause),
            known_until=calendar.last_known_day,
            provisional=not calendar.knows(end.date()),
        )
    )


def recount(calendar: Calendar, promise: Promise, *, params: Params | None = None) -> Promise:
    """The same acceptance, limit and pauses by another version of the calendar; by the same one it is the same promise.

    Never refused for days that the calendar does not know: the promise was given, so it stays provisional.
    """
    return _count_again(calendar, promise.explanation, params, promise.explanation.transfer)


def arrive(calendar: Calendar, promise: Promise, arrived_at: datetime, *, params: Params | None = None) -> Promise:
    """What was received outside the authority's area, once that one has received it: the promise counts from then.

    Raises MomentError for an arrival before acceptance. One that was not received elsewhere stays as it is.
    """
    if promise.explanation.transfer is None:
        return promise
    return _count_again(calendar, promise.explanation, params, Transfer(local(arrived_at)))


def _count_again(calendar: Calendar, explanation: Explanation, params: Params | None, transfer: Transfer | None) -> Promise:
    again = count(calendar, explanation.accepted_at, explanation.limit, params, transfer)
    for pause in explanation.pauses:
        again = resume(calendar, again, pause.paused_at, pause.resumed_at, owed=pause.owed)
    return again


def _check_order(explanation: Explanation, paused: datetime, resumed: datetime) -> None:
    earliest = explanation.pauses[-1].resumed_at if explanation.pauses else explanation.accepted_at
    if not earliest <= paused <= resumed:
        raise PauseError(
            vi=f"Lần tạm dừng phải bắt đầu không sớm hơn {earliest:%H:%M %d/%m/%Y} và kết thúc không sớm hơn lúc bắt đầu.",
            en=f"A pause must begin no earlier than {earliest:%H:%M %d/%m/%Y} and end no earlier than it begins.",
        )


def _is_in_last_day(explanation: Explanation) -> bool:
    """Whether the clock has stood still in it before."""
    return bool(explanation.pauses) and explanation.pauses[-1].left is not None


def _days_remaining(calendar: Calendar, explanation: Explanation, stop: datetime) -> tuple[int, int | None]:
    """Whole days after that of the stop; where there is none, how many working seconds of the last one."""
    last = explanation.pauses[-1] if explanation.pauses else None
    if last is not None and last.left is not None:
        return 0, max(0, last.left - calendar.seconds_worked(max(explanation.start, last.resumed_at), stop))
    whole = sum(entry.number is not None and entry.day > stop.date() for entry in explanation.entries)
    return whole, None if whole else calendar.seconds_worked(stop, calendar.closing(stop.date()))


def _seconds_remaining(calendar: Calendar, explanation: Explanation, limit: WorkingHours, stop: datetime) -> int:
    """By a newer calendar more may have been worked than there was; then nothing remains."""
    last = explanation.pauses[-1] if explanation.pauses else None
    before, since = (last.remaining, last.resumed_at) if last else (limit.amount * 3600, explanation.start)
    # A pause may lie wholly before the start: in a dossier on its way to where it is decided no time is worked yet.
    return max(0, before - calendar.seconds_worked(max(explanation.start, since), stop))


def _until_stop(explanation: Explanation, stop: datetime, go: datetime) -> tuple[list[Entry], Entry | None, list[Entry]]:
    """The days before the stop as they were, the day of the stop, and the days from there to the resumption as a pause."""
    kept = [entry for entry in explanation.entries if entry.day < stop.date()]
    stopped = next((entry for entry in explanation.entries if entry.day == stop.date()), None)
    first = kept[-1].day + ONE_DAY if kept else explanation.entries[0].day
    return kept, stopped, [Entry(day, PAUSED) for day in days_between(first, go.date())]


def _go_on_by_days(
    calendar: Calendar, explanation: Explanation, stop: datetime, go: datetime, remaining: int, left: int | None
) -> tuple[Entry, ...]:
    kept, stopped, paused = _until_stop(explanation, stop, go)
    total = sum(entry.number is not None for entry in explanation.entries)
    every_day = isinstance(explanation.limit, CalendarDays)
    if left is not None:
        # All may have been counted before the stop: by calendar days before a weekend, and always under a newer calendar.
        number = None if total == sum(entry.number is not None for entry in kept) else total
        return (*kept, *paused, *_rest_of_last_day(calendar, go, left, number, number if every_day else total))
    resumed = stopped if stopped and stop.date() == go.date() else Entry(go.date(), RESUMED, stopped.number if stopped else None)
    count_on = count_calendar_days if every_day else count_days
    return (*kept, *paused, resumed, *count_on(calendar, go.date() + ONE_DAY, remaining, total - remaining + 1))


def _rest_of_last_day(calendar: Calendar, go: datetime, left: int, number: int | None, last: int | None) -> list[Entry]:
    if calendar.seconds_worked(go, calendar.closing(go.date())) >= left:
        return [Entry(go.date(), LAST_DAY if number is None else RESUMED, number)]
    *off, made_good = count_days(calendar, go.date() + ONE_DAY, 1)
    good = Entry(made_good.day, LAST_DAY) if last is None else replace(made_good, number=last)
    return [Entry(go.date(), TOO_LITTLE_LEFT), *off, good]


def _go_on_by_hours(
    calendar: Calendar, explanation: Explanation, stop: datetime, go: datetime, remaining: int
) -> tuple[tuple[Entry, ...], datetime]:
    kept, stopped, paused = _until_stop(explanation, stop, go)
    unworked = calendar.seconds_worked(stop, min(explanation.end, calendar.closing(stop.date())))
    worked = max(0, stopped.seconds - unworked) if stopped else 0
    number = 1 + sum(entry.number is not None for entry in kept)
    if worked and stopped and paused:
        paused[0] = replace(stopped, seconds=worked)
        number, worked = number + 1, 0
    rest, end = count_seconds(calendar, go, remaining, number)
    rest[0] = replace(rest[0], seconds=rest[0].seconds + worked)
    return (*kept, *paused, *rest), end
