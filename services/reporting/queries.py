"""What API and pages show: figures by rows, the dossiers behind a number with who held them, guidance turns, the last replay.

Each is limited to what the person may see; units without any dossier have their row too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.civil import civil_day
from contracts.values import Channel, GuidanceKind
from services.reporting.access import Access
from services.reporting.domain.definition import DEFINITIONS, Definition
from services.reporting.domain.figures import Figures, Measure, days_late, judged_before
from services.reporting.domain.holding import holdings
from services.reporting.domain.period import Period, Preset, preset
from services.reporting.domain.question import GroupBy, Question
from services.reporting.repository import dossiers, figures, guidance, reference, replay
from services.reporting.repository.dossiers import DossierKey
from services.reporting.repository.figures import Group
from services.reporting.repository.guidance import Turn, TurnKey, UnitTurns
from services.reporting.schemas import ListedDossier, NoReplay, ReplayProgress
from web.paging import Cursor, Page

DOSSIERS: Final = Cursor("figures-dossiers-by-day", DossierKey)
TURNS: Final = Cursor("guidance-by-time", TurnKey, field="turn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`newest`: when the newest fact that has come was recorded; None before the first."""

    by: GroupBy
    rows: Sequence[Group]
    total: Figures
    definition: Definition
    newest: datetime | None


@dataclass(frozen=True, slots=True)
class PublicReport:
    """Totals by period; `newest` as in Report."""

    totals: Sequence[tuple[Preset, Period, Figures]]
    definition: Definition
    newest: datetime | None


async def report(connection: AsyncConnection, access: Access, question: Question, by: GroupBy, now: datetime) -> Report:
    """Raises Forbidden for a unit of which this person sees nothing."""
    definition = DEFINITIONS[-1]
    groups = await figures.by_group(connection, question, access.scope, definition, now, by)
    if not groups:
        access.require(question)
    return Report(
        by=by,
        rows=_with_the_empty(groups, access, question, by),
        total=_total(groups),
        definition=definition,
        newest=await reference.newest_fact(connection),
    )


async def public_report(connection: AsyncConnection, now: datetime) -> PublicReport:
    """This report month and this report year, of all units together."""
    definition = DEFINITIONS[-1]
    totals = []
    for name in (Preset.MONTH, Preset.YEAR):
        period = preset(name, civil_day(now))
        groups = await figures.by_group(connection, Question(period=period), None, definition, now, GroupBy.CHANNEL)
        totals.append((name, period, _total(groups)))
    return PublicReport(totals, definition, await reference.newest_fact(connection))


async def dossiers_behind(
    connection: AsyncConnection,
    access: Access,
    question: Question,
    measure: Measure,
    now: datetime,
    *,
    after: DossierKey | None,
    limit: int,
) -> Page[ListedDossier]:
    """A page of the dossiers that a number counts. Raises Forbidden as `report` does."""
    definition = DEFINITIONS[-1]
    rows = await dossiers.counted_by(connection, question, access.scope, definition, now, measure, after=after, most=limit + 1)
    if not rows and not await figures.by_group(connection, question, access.scope, definition, now, GroupBy.UNIT):
        access.require(question)
    facts = await dossiers.facts_of(connection, [row["id"] for row in rows], question.as_of)
    judged = judging_day(question, now)
    listed = [
        ListedDossier(
            **row,
            days_late=0
            if row["decided_on"] is None and row["status"] in definition.waiting
            else days_late(row["promised_on"], row["decided_on"], question.period, judged),
            held=holdings(facts.get(row["id"], ())),
        )
        for row in rows
    ]
    day = dossiers.day_column(measure)
    return DOSSIERS.page(listed, limit, lambda dossier: DossierKey(getattr(dossier, day), dossier.id))


def judging_day(question: Question, now: datetime) -> date:
    """Unfinished dossiers promised before this day are overdue."""
    return judged_before(question.period, civil_day(question.as_of or now))


async def officer_names(connection: AsyncConnection, listed: Iterable[ListedDossier]) -> dict[str, str]:
    """Of those who held one of these dossiers, by staff id."""
    officers = {holding.officer for dossier in listed for holding in dossier.held if holding.officer}
    return await reference.staff_names(connection, sorted(officers))


async def guidance_by_unit(connection: AsyncConnection, access: Access, question: Question) -> list[UnitTurns]:
    """Raises Forbidden for a unit that this person does not see, NotOfTurns for what no turn is counted by."""
    question.require_of_turns()
    access.require(question)
    units = await guidance.by_unit(connection, question, access.scope)
    return [UnitTurns(unit.unit, access.unit_name(unit.unit, unit.name), unit.turns) for unit in units]


async def guidance_turns(
    connection: AsyncConnection,
    access: Access,
    question: Question,
    kind: GuidanceKind | None,
    *,
    after: TurnKey | None,
    limit: int,
) -> Page[Turn]:
    """A page of turns. Raises what `guidance_by_unit` does."""
    question.require_of_turns()
    access.require(question)
    turns = await guidance.turns(connection, question, access.scope, kind, after=after, most=limit + 1)
    return TURNS.page(turns, limit, lambda turn: TurnKey(turn.given_at, turn.id))


async def replay_progress(connection: AsyncConnection) -> NoReplay | ReplayProgress:
    """Of the newest replay."""
    newest = await replay.newest(connection)
    if newest is None:
        return NoReplay(id=None, state="none", read=0, of=0)
    return ReplayProgress(
        id=newest.id,
        state=newest.state,
        read=newest.has_read,
        of=newest.to_read,
        attempt=newest.attempt,
        problem=newest.error,
        requested_at=newest.requested_at,
        ended_at=newest.ended_at,
    )


def _total(groups: Iterable[Group]) -> Figures:
    return sum((group.figures for group in groups), Figures())


def _with_the_empty(groups: Sequence[Group], access: Access, question: Question, by: GroupBy) -> list[Group]:
    """No unit and no channel is missing because nothing happened there."""
    rows = {group.key: group for group in groups}
    if by is GroupBy.CHANNEL and question.channel is None:
        rows = {channel: Group(channel, None, Figures()) for channel in Channel} | rows
    limited_to = {GroupBy.UNIT: question.unit, GroupBy.COMPETENT: question.competent}
    if by in limited_to:
        existing = [
            unit
            for unit in access.units.values()
            if access.covers(unit.id) and unit.existed_in(question.period) and limited_to[by] in (None, unit.id)
        ]
        rows = {unit.id: Group(unit.id, unit.name, Figures()) for unit in existing} | rows
        rows = {key: Group(key, access.unit_name(key, group.name), group.figures) for key, group in rows.items()}
    return [rows[key] for key in sorted(rows)]
