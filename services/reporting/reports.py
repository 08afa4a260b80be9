"""What API and pages both show: figures by rows, the dossiers behind a number with who held them, guidance turns.

Everybody sees the dossiers that their units received or decide, and nothing else; units without any dossier have their row too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.civil import civil_day
from contracts.values import Channel, GuidanceKind, Role
from services.reporting.domain.definition import DEFINITIONS, Definition
from services.reporting.domain.figures import Figures, Measure, days_late, judged_before
from services.reporting.domain.holding import Holding, holdings
from services.reporting.domain.question import By, Question
from services.reporting.domain.scope import KnownUnit, Scope, scope_of
from services.reporting.repository import figures as counting
from services.reporting.repository import guidance as turns_of
from services.reporting.repository import lists, reference
from services.reporting.repository.figures import Group
from services.reporting.repository.guidance import Turn, UnitTurns
from services.reporting.repository.lists import Listed, Place
from web.principal import Forbidden, Principal


@dataclass(frozen=True, slots=True)
class Sight:
    """What one person sees. `units`: all that are known, by id."""

    scope: Scope
    units: dict[str, KnownUnit]

    def name(self, unit: str, otherwise: str | None = None) -> str:
        return self.units[unit].name if unit in self.units else otherwise or unit

    def has(self, unit: str | None) -> bool:
        return unit is None or self.scope is None or unit in self.scope


@dataclass(frozen=True, slots=True)
class Report:
    """`newest`: when the newest fact that has come was recorded; None before the first."""

    question: Question
    by: By
    rows: Sequence[Group]
    total: Figures
    definition: Definition
    newest: datetime | None


@dataclass(frozen=True, slots=True)
class Behind:
    """A dossier behind a number: how many calendar days late, and who held it from when to when."""

    dossier: Listed
    days_late: int
    held: Sequence[Holding]


async def sight(connection: AsyncConnection, person: Principal) -> Sight:
    units = await reference.units(connection)
    return Sight(scope_of(person.roles, units), {unit.id: unit for unit in units})


async def report(connection: AsyncConnection, seen: Sight, question: Question, by: By, now: datetime) -> Report:
    """Raises Forbidden for a unit of which this person sees nothing."""
    definition = DEFINITIONS[-1]
    groups = await counting.by_group(connection, question, seen.scope, definition, now, by)
    if not groups:
        _require(seen, question)
    total = sum((group.figures for group in groups), Figures())
    newest = await reference.newest_fact(connection)
    return Report(question, by, _with_the_empty(groups, seen, question, by), total, definition, newest)


async def behind(
    connection: AsyncConnection,
    seen: Sight,
    question: Question,
    measure: Measure,
    now: datetime,
    *,
    after: Place | None,
    most: int,
) -> list[Behind]:
    """A page of the dossiers that a number counts. Raises Forbidden as `report` does."""
    definition = DEFINITIONS[-1]
    found = await lists.behind(connection, question, seen.scope, definition, now, measure, after=after, most=most)
    if not found and not await counting.by_group(connection, question, seen.scope, definition, now, By.UNIT):
        _require(seen, question)
    facts = await lists.facts_of(connection, [dossier.id for dossier in found], question.as_of)
    judged = judged_before(question.period, civil_day(question.as_of or now))
    return [
        Behind(one, days_late(one.promised_on, one.decided_on, question.period, judged), holdings(facts.get(one.id, ())))
        for one in found
    ]


async def guidance(connection: AsyncConnection, seen: Sight, question: Question) -> list[UnitTurns]:
    """Raises Forbidden for a unit that this person does not see."""
    _require(seen, question)
    found = await turns_of.by_unit(connection, question, seen.scope)
    return [UnitTurns(of_unit.unit, seen.name(of_unit.unit, of_unit.name), of_unit.turns) for of_unit in found]


async def turns(
    connection: AsyncConnection, seen: Sight, question: Question, kind: GuidanceKind | None, *, after: str | None, most: int
) -> Sequence[Turn]:
    """A page of turns. Raises Forbidden as `guidance` does."""
    _require(seen, question)
    return await turns_of.turns(connection, question, seen.scope, kind, after=after, most=most)


def _require(seen: Sight, question: Question) -> None:
    for unit in (question.unit, question.competent):
        if unit is not None and unit in seen.units and not seen.has(unit):
            raise Forbidden((Role.LEADER,), seen.name(unit))


def _with_the_empty(groups: Sequence[Group], seen: Sight, question: Question, by: By) -> list[Group]:
    """No unit and no channel is missing because nothing happened there."""
    found = {group.key: group for group in groups}
    if by is By.CHANNEL and question.channel is None:
        found = {channel: Group(channel, None, Figures()) for channel in Channel} | found
    wanted = {By.UNIT: question.unit, By.COMPETENT: question.competent}
    if by in wanted:
        standing = [
            unit
            for unit in seen.units.values()
            if seen.has(unit.id) and unit.existed_in(question.period) and wanted[by] in (None, unit.id)
        ]
        found = {unit.id: Group(unit.id, unit.name, Figures()) for unit in standing} | found
        found = {key: Group(key, seen.name(key, group.name), group.figures) for key, group in found.items()}
    return [found[key] for key in sorted(found)]
