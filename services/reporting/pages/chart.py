"""Columns of numbers by day, as whole coordinates that a template only writes down: no browser draws what the server did not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.reporting.domain.board import SeriesDay

WIDTH, BASE, TOP, LEFT = 352, 172, 14, 38
_EVERY: Final = 3
"""So many days have one date beneath them: more would not be read."""


@dataclass(frozen=True, slots=True)
class Column:
    """Two bars side by side; heights grow upwards from BASE."""

    x: int
    received: int
    resolved: int
    label: date | None


@dataclass(frozen=True, slots=True)
class Chart:
    """`top`: the number that the highest line stands for, a round one."""

    columns: tuple[Column, ...]
    top: int


def chart_of(days: Sequence[SeriesDay]) -> Chart:
    """The newest day always has its date."""
    top = _round_up(max((number for day in days for number in (day.received, day.resolved)), default=0))
    step = (WIDTH - LEFT) // len(days)
    columns = [
        Column(
            x=LEFT + index * step,
            received=_height(day.received, top),
            resolved=_height(day.resolved, top),
            label=day.day if (len(days) - 1 - index) % _EVERY == 0 else None,
        )
        for index, day in enumerate(days)
    ]
    return Chart(tuple(columns), top)


def _height(number: int, top: int) -> int:
    """What is not nothing can be seen."""
    return max(2, round(number * (BASE - TOP) / top)) if number else 0


def _round_up(number: int) -> int:
    """The next of 1, 2, 5, 10, 20, 50 ..."""
    unit = 1
    while True:
        for step in (1, 2, 5):
            if number <= step * unit:
                return step * unit
        unit *= 10
