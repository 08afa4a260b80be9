"""Where a procedure is handed in: the units that take it today, where they are, whom to call, whether they are open now.

A province has hundreds; the first ones are shown, and a word of the name or address finds the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.process import Process
from contracts.civil import civil_day
from contracts.directory import CalendarV1, CompetenceV1, ProcedureVersionV1, UnitV1
from contracts.search_words import is_match
from contracts.values import Tier
from services.directory.domain.alphabet import sort_key
from services.directory.queries.units import is_valid
from services.directory.repository import entities
from web.opening_hours import Opening, opening_of

MOST_SHOWN: Final = 20
_TIERS: Final = [*Tier]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivingUnit:
    """`competent`: the name of who decides, None where it is the unit itself; `opening`: None without its calendar."""

    unit: UnitV1
    competent: str | None
    opening: Opening | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivingUnits:
    """`number`: how many there are by the search, of which the first are `shown`."""

    shown: Sequence[ReceivingUnit]
    number: int


async def receiving_units(process: Process, version: ProcedureVersionV1, near: str) -> ReceivingUnits:
    """`near`: words of the name or the address; empty chooses all."""
    now = process.clock()
    async with process.reads.connect() as connection:
        units = {ident: row.entity for ident, row in (await entities.load_all(connection, UnitV1)).items()}
        chosen = sorted(
            (pair for pair in version.competences if pair.receiving in units and _is_meant(units[pair.receiving], near, now)),
            key=lambda pair: (_TIERS.index(units[pair.receiving].tier), sort_key(units[pair.receiving].name)),
        )
        openings = await _openings(connection, [units[pair.receiving] for pair in chosen[:MOST_SHOWN]], now)
    shown = [_receiving_unit(pair, units, openings) for pair in chosen[:MOST_SHOWN]]
    return ReceivingUnits(shown=shown, number=len(chosen))


async def receiving_unit(process: Process, version: ProcedureVersionV1, ident: str) -> ReceivingUnit | None:
    """None for a unit that does not take the procedure."""
    everywhere = version.model_copy(update={"competences": [pair for pair in version.competences if pair.receiving == ident]})
    return next(iter((await receiving_units(process, everywhere, "")).shown), None)


def _is_meant(unit: UnitV1, near: str, now: datetime) -> bool:
    return is_valid(unit, civil_day(now)) and (not near or is_match(near, unit.name, unit.address or ""))


async def _openings(connection: AsyncConnection, units: Sequence[UnitV1], now: datetime) -> dict[str, Opening]:
    """By the calendar's id."""
    calendars = [await entities.find(connection, CalendarV1, calendar) for calendar in sorted({unit.calendar for unit in units})]
    return {row.entity.id: opening_of(row.entity, now) for row in calendars if row is not None}


def _receiving_unit(pair: CompetenceV1, units: dict[str, UnitV1], openings: dict[str, Opening]) -> ReceivingUnit:
    unit, competent = units[pair.receiving], units.get(pair.competent)
    return ReceivingUnit(
        unit=unit,
        competent=None if pair.competent == pair.receiving else competent.name if competent else pair.competent,
        opening=openings.get(unit.calendar),
    )
