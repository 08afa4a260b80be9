"""The list with which a unit's dossiers go to the competent units, a sheet for each of these."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from chassis.process import Process
from services.intake.domain.dispatch import Round, window
from services.intake.repository.dispatch import accepted_between

MOST: Final = 1000
"""Of half a day; a province's centre has a third of that."""


@dataclass(frozen=True, slots=True)
class CompetentSheet:
    """`rows`: each with its number on the sheet."""

    name: str
    rows: Sequence[tuple[int, Mapping[Any, Any]]]


@dataclass(frozen=True, slots=True)
class DispatchList:
    """`more`: half a day had more than these, the first MOST."""

    sheets: Sequence[CompetentSheet]
    more: bool


async def dispatch_list(process: Process, unit: str, day: date, chosen: Round) -> DispatchList:
    start, end = window(day, chosen)
    async with process.reads.connect() as connection:
        rows = await accepted_between(connection, unit, start, end, MOST + 1)
    competent = itemgetter("competent_name", "competent_id")
    sheets = [
        CompetentSheet(name, list(enumerate(group, 1)))
        for (name, _), group in groupby(sorted(rows[:MOST], key=competent), competent)
    ]
    return DispatchList(sheets, len(rows) > MOST)
