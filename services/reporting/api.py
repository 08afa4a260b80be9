"""JSON: figures, the list behind each number, guidance turns, and rebuilding all of it from the facts."""

from dataclasses import asdict
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime

from chassis.process import CurrentProcess
from contracts.values import Channel, GuidanceKind, Identifier, Role, UnitId
from services.reporting import commands, queries
from services.reporting.access import access_of
from services.reporting.domain.figures import Figures, Measure
from services.reporting.domain.period import Period
from services.reporting.domain.question import GroupBy, Question
from services.reporting.schemas import (
    CountingDefinition,
    DecidingUnit,
    DossierList,
    FigureReport,
    FigureRow,
    FormNumbers,
    GuidanceReport,
    NoReplay,
    ReplayProgress,
    RequestedReplay,
    UnitGuidance,
)
from web.idempotency import IdempotencyKey
from web.paging import After
from web.principal import Principal
from web.signin import SignedIn, requires

router = APIRouter(prefix="/api/reporting", tags=["reporting"])
Operator = Annotated[Principal, Depends(requires(Role.OPERATOR))]
PAGE: Final = 50
LONGEST_PAGE: Final = 500


async def _question(
    process: CurrentProcess,
    start: Annotated[date, Query(alias="from", description="The first day, in Vietnam's calendar.")],
    end: Annotated[date, Query(alias="to", description="The day after the last.")],
    unit: Annotated[UnitId | None, Query(description="Received by this unit.")] = None,
    field: Annotated[Identifier | None, Query(description="A field of procedures.")] = None,
    channel: Annotated[Channel | None, Query()] = None,
    competent: Annotated[DecidingUnit | None, Query(description="Decided by this unit; `none`: not forwarded yet.")] = None,
    as_of: Annotated[AwareDatetime | None, Query(description="Only what had been recorded by then; the same for ever.")] = None,
) -> Question:
    """Raises PeriodReversed, PeriodOutOfRange, AsOfTheFuture."""
    question = Question(period=Period(start, end), as_of=as_of, unit=unit, field=field, channel=channel, competent=competent)
    question.require_past(process.clock())
    return question


QuestionAsked = Annotated[Question, Depends(_question)]


@router.get("/figures")
async def figures(
    process: CurrentProcess, person: SignedIn, question: QuestionAsked, by: Annotated[GroupBy, Query()] = GroupBy.UNIT
) -> FigureReport:
    """Form II.06a for a period. `total` counts every dossier once; the rows sum up to it."""
    now = process.clock()
    async with process.reads.connect() as connection:
        report = await queries.report(connection, await access_of(connection, person), question, by, now)
    definition = report.definition
    return FigureReport(
        **_of_period(question, now),
        by=by,
        definition=CountingDefinition(id=definition.id, vi=definition.vi, en=definition.en),
        newest_fact=report.newest,
        total=FormNumbers(**_numbers(report.total)),
        rows=tuple(FigureRow(key=row.key, name=row.name or row.key, **_numbers(row.figures)) for row in report.rows),
    )


@router.get("/dossiers")
async def dossiers(
    process: CurrentProcess,
    person: SignedIn,
    question: QuestionAsked,
    measure: Annotated[Measure, Query(description="The number whose dossiers are wanted.")] = Measure.TOTAL,
    after: After = None,
    limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = PAGE,
) -> DossierList:
    """The list behind a number, longest promised first: over all its pages exactly as long as the number says."""
    now, key = process.clock(), queries.DOSSIERS.decode(after)
    async with process.reads.connect() as connection:
        access = await access_of(connection, person)
        page = await queries.dossiers_behind(connection, access, question, measure, now, after=key, limit=limit)
    return DossierList(**_of_period(question, now), measure=measure, dossiers=tuple(page.rows), next=page.next)


@router.get("/guidance")
async def guidance(process: CurrentProcess, person: SignedIn, question: QuestionAsked) -> GuidanceReport:
    """Guidance turns by kind, and by unit."""
    async with process.reads.connect() as connection:
        units = await queries.guidance_by_unit(connection, await access_of(connection, person), question)
    turns = {kind: sum(unit.turns[kind] for unit in units) for kind in GuidanceKind}
    return GuidanceReport(
        **_of_period(question, process.clock()),
        total=sum(turns.values()),
        turns=turns,
        units=tuple(UnitGuidance(key=unit.unit, name=unit.name, turns=unit.turns) for unit in units),
    )


@router.post("/replay", status_code=HTTPStatus.ACCEPTED)
async def request_replay(process: CurrentProcess, operator: Operator, key: IdempotencyKey) -> RequestedReplay:
    """Rebuild everything from the facts, while what is there serves; refused (409) while one is under way."""
    return await commands.request_replay(process, operator, key)


@router.get("/replay")
async def replay(process: CurrentProcess, _: Operator) -> NoReplay | ReplayProgress:
    """The newest replay; `state` is `none` before the first."""
    async with process.reads.connect() as connection:
        return await queries.replay_progress(connection)


def _of_period(question: Question, now: datetime) -> dict[str, Any]:
    period = question.period
    return {
        "start": period.start,
        "end": period.end,
        "as_of": question.as_of,
        "judged_before": queries.judging_day(question, now),
    }


def _numbers(figures: Figures) -> dict[str, Any]:
    rate = figures.on_time_rate
    return asdict(figures) | {"on_time_rate": None if rate is None else float(rate)}
