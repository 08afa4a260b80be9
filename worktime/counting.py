"""The three ways to count: working days, days of any kind, and working time inside shifts. Day by day, never minute by minute."""

from datetime import date, datetime, timedelta

from worktime.calendar import Calendar
from worktime.civil import at
from worktime.entries import ROLLED_OVER, Entry


def count_days(calendar: Calendar, first: date, amount: int, number: int = 1) -> list[Entry]:
    """Every date from `first` to the `amount`-th working day; the working ones are numbered from `number` on."""
    entries: list[Entry] = []
    last = number + amount - 1
    for day, shifts in calendar.walk(first):
        entries.append(Entry(day, calendar.reason(day), number if shifts else None))
        if shifts:
            if number == last:
                break
            number += 1
    return entries


def count_calendar_days(calendar: Calendar, first: date, amount: int, number: int = 1) -> list[Entry]:
    """Every date from `first` to the `amount`-th, all numbered from `number` on, and on to the next with working time."""
    entries: list[Entry] = []
    for day, shifts in calendar.walk(first):
        if len(entries) < amount:
            entries.append(Entry(day, calendar.reason(day), number + len(entries)))
            if shifts and len(entries) == amount:
                break
        else:
            entries.append(Entry(day, ROLLED_OVER if shifts else calendar.reason(day)))
            if shifts:
                break
    return entries


def count_seconds(calendar: Calendar, start: datetime, amount: int, number: int = 1) -> tuple[list[Entry], datetime]:
    """Every date from `start` until `amount` (at least 1) seconds of working time have passed, and the moment when they have."""
    entries: list[Entry] = []
    left = amount
    for day, shifts in calendar.walk(start.date()):
        before = left
        for shift in shifts:
            opens, closes = max(start, at(day, shift.start)), at(day, shift.end)
            stretch = int((closes - opens).total_seconds())
            if stretch >= left:
                entries.append(Entry(day, calendar.reason(day), number, before))
                return entries, opens + timedelta(seconds=left)
            left -= max(0, stretch)
        worked = before - left
        entries.append(Entry(day, calendar.reason(day), number if worked else None, worked))
        number += bool(worked)
    raise AssertionError("walk() ends by raising")
