"""The clock stands still while papers or money are owed, and goes on after with what remained.

- Working days: the whole days after the day of the stop are kept, and follow the day of resumption, which takes the place
  (and the number) of the day on which the clock stopped.
- When only the rest of the last day remained (same-day limits always) and the day of resumption has less working time left,
  it ends with the next working day: papers handed in at 16:55 do not make a promise for 17:00 of what had five hours.
- Working hours: exactly what remained runs on.
- A pause that begins when the limit has already passed adds nothing; it is listed all the same.

A stop or resumption outside working time counts as the beginning of the next shift, like reception. The calendar may be a newer
version than that of the promise: what is counted anew follows the newer one.
"""

from dataclasses import replace
from datetime import datetime

from worktime.calendar import Calendar
from worktime.civil import ONE_DAY, days_between, local
from worktime.counting import count_days, count_seconds
from worktime.entries import PAUSED, RESUMED, TOO_LITTLE_LEFT, Entry, Owed, Pause
from worktime.errors import PauseError
from worktime.explanation import Explanation
from worktime.limits import Params, WorkingHours
from worktime.promise import BY_DECREE, Promise, count


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
    if paused >= explanation.end:
        remaining, entries, end = 0, explanation.entries, explanation.end
    elif isinstance(explanation.limit, WorkingHours):
        remaining = _seconds_remaining(calendar, explanation, explanation.limit, stop)
        entries, end = _go_on_by_hours(calendar, explanation, stop, go, remaining)
    else:
        remaining = _days_remaining(explanation, stop)
        entries = _go_on_by_days(calendar, explanation, stop, go, remaining)
        end = calendar.closing(entries[-1].day)
    pause = Pause(paused, resumed, owed, remaining)
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


def recount(calendar: Calendar, promise: Promise, *, params: Params = BY_DECREE) -> Promise:
    """The same acceptance, limit and pauses by another version of the calendar; by the same one it is the same promise.

    Never refused for days that the calendar does not know: the promise was given, so it stays provisional.
    """
    explanation = promise.explanation
    again = count(calendar, explanation.accepted_at, explanation.limit, params)
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


def _days_remaining(explanation: Explanation, stop: datetime) -> int:
    return sum(entry.number is not None and entry.day > stop.date() for entry in explanation.entries)


def _seconds_remaining(calendar: Calendar, explanation: Explanation, limit: WorkingHours, stop: datetime) -> int:
    """By a newer calendar more may have been worked than there was; then nothing remains."""
    last = explanation.pauses[-1] if explanation.pauses else None
    before, since = (last.remaining, last.resumed_at) if last else (limit.amount * 3600, explanation.start)
    return max(0, before - calendar.seconds_worked(since, stop))


def _until_stop(explanation: Explanation, stop: datetime, go: datetime) -> tuple[list[Entry], Entry | None, list[Entry]]:
    """The days before the stop as they were, the day of the stop, and the days from there to the resumption as a pause."""
    kept = [entry for entry in explanation.entries if entry.day < stop.date()]
    stopped = next((entry for entry in explanation.entries if entry.day == stop.date()), None)
    first = kept[-1].day + ONE_DAY if kept else explanation.entries[0].day
    return kept, stopped, [Entry(day, PAUSED) for day in days_between(first, go.date())]


def _go_on_by_days(
    calendar: Calendar, explanation: Explanation, stop: datetime, go: datetime, remaining: int
) -> tuple[Entry, ...]:
    kept, stopped, paused = _until_stop(explanation, stop, go)
    number = stopped.number if stopped else None
    total = sum(entry.number is not None for entry in explanation.entries)
    if not remaining:
        return (*kept, *paused, *_rest_of_last_day(calendar, stop, go, number, total))
    resumed = stopped if stopped and stop.date() == go.date() else Entry(go.date(), RESUMED, number)
    rest = count_days(calendar, go.date() + ONE_DAY, remaining, total - remaining + 1)
    return (*kept, *paused, resumed, *rest)


def _rest_of_last_day(calendar: Calendar, stop: datetime, go: datetime, number: int | None, last: int) -> list[Entry]:
    left, given = (calendar.seconds_worked(moment, calendar.closing(moment.date())) for moment in (stop, go))
    if given >= left:
        return [Entry(go.date(), RESUMED, number)]
    # Not `number`: under a newer calendar the day of the stop may have none of its own.
    return [Entry(go.date(), TOO_LITTLE_LEFT), *count_days(calendar, go.date() + ONE_DAY, 1, last)]


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
