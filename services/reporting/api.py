"""JSON: figures, the list behind each number, guidance turns, and rebuilding all of it from the facts."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from chassis.process import CurrentProcess
from contracts.civil import civil_day
from contracts.values import GuidanceKind, Role
from messaging.commands import Answer, CommandKey, UnitOfWork
from services.reporting import reports
from services.reporting.asking import After, Asked
from services.reporting.domain.figures import Figures, Measure, judged_before
from services.reporting.domain.question import By, Question
from services.reporting.reports import Behind
from services.reporting.repository import replay as replays
from services.reporting.repository.lists import Place
from web.idempotency import IdempotencyKey
from web.principal import Principal
from web.signin import SignedIn, requires

router = APIRouter(prefix="/api/reporting", tags=["reporting"])
Operator = Annotated[Principal, Depends(requires(Role.OPERATOR))]
PAGE: Final = 50
LONGEST_PAGE: Final = 500


@router.get("/figures")
async def figures(
    process: CurrentProcess, person: SignedIn, question: Asked, by: Annotated[By, Query()] = By.UNIT
) -> dict[str, Any]:
    """Form II.06a for a period. `total` counts every dossier once; the rows sum up to it."""
    now = process.clock()
    async with process.database.connect() as connection:
        seen = await reports.sight(connection, person)
        report = await reports.report(connection, seen, question, by, now)
    rows = [{"key": row.key, "name": row.name or row.key} | numbers(row.figures) for row in report.rows]
    definition = {"id": report.definition.id, "vi": report.definition.vi, "en": report.definition.en}
    return _header(question, now) | {
        "by": by,
        "definition": definition,
        "newest_fact": report.newest,
        "total": numbers(report.total),
        "rows": rows,
    }


@router.get("/dossiers")
async def dossiers(
    process: CurrentProcess,
    person: SignedIn,
    question: Asked,
    measure: Annotated[Measure, Query(description="The number whose dossiers are wanted.")] = Measure.TOTAL,
    after: Annotated[After | None, Query(description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = PAGE,
) -> dict[str, Any]:
    """The list behind a number, longest promised first: over all its pages exactly as long as the number says."""
    now = process.clock()
    place = None if after is None else Place.read(after)
    async with process.database.connect() as connection:
        seen = await reports.sight(connection, person)
        found = await reports.behind(connection, seen, question, measure, now, after=place, most=limit + 1)
    return _header(question, now) | {
        "measure": measure,
        "dossiers": [_dossier(one) for one in found[:limit]],
        "next": following(found, limit),
    }


@router.get("/guidance")
async def guidance(process: CurrentProcess, person: SignedIn, question: Asked) -> dict[str, Any]:
    """Guidance turns by kind, and by unit."""
    async with process.database.connect() as connection:
        found = await reports.guidance(connection, await reports.sight(connection, person), question)
    turns = {kind: sum(of_unit.turns[kind] for of_unit in found) for kind in GuidanceKind}
    return _header(question, process.clock()) | {
        "total": sum(turns.values()),
        "turns": turns,
        "units": [{"key": of_unit.unit, "name": of_unit.name, "turns": of_unit.turns} for of_unit in found],
    }


@router.post("/replay", status_code=HTTPStatus.ACCEPTED)
async def ask_for_replay(process: CurrentProcess, operator: Operator, key: IdempotencyKey) -> JSONResponse:
    """Rebuild everything from the facts, while what is there serves; refused (409) while one is under way."""

    async def work(unit: UnitOfWork) -> Answer:
        return Answer({"id": await replays.request(unit.connection, operator.staff_id, unit.now)}, HTTPStatus.ACCEPTED)

    answer = await process.commands.run(CommandKey.of(key, operator.staff_id, "replay", b""), work)
    return JSONResponse(answer.body, answer.status)


@router.get("/replay")
async def replay(process: CurrentProcess, _: Operator) -> dict[str, Any]:
    """The newest replay: `state` is running, done or failed (`none` before the first), `read` of `of` records are read.
    `problem` says why the last attempt that failed did so.
    """
    async with process.database.connect() as connection:
        newest = await replays.newest(connection)
    if newest is None:
        return {"id": None, "state": "none", "read": 0, "of": 0}
    return {
        "id": newest.id,
        "state": newest.state,
        "read": newest.has_read,
        "of": newest.to_read,
        "attempt": newest.attempt,
        "problem": newest.error,
        "requested_at": newest.requested_at,
        "ended_at": newest.ended_at,
    }


def numbers(figures: Figures) -> dict[str, Any]:
    rate = figures.on_time_rate
    return asdict(figures) | {"on_time_rate": None if rate is None else float(rate)}


def following(found: Sequence[Behind], limit: int) -> str | None:
    """Where the next page begins, if one more than the page was found."""
    last = found[limit - 1].dossier if len(found) > limit else None
    return None if last is None else str(Place(last.promised_on, last.id))


def _header(question: Question, now: datetime) -> dict[str, Any]:
    period = question.period
    return {
        "from": period.start,
        "to": period.end,
        "as_of": question.as_of,
        "judged_before": judged_before(period, civil_day(question.as_of or now)),
    }


def _dossier(one: Behind) -> dict[str, Any]:
    return asdict(one.dossier) | {"days_late": one.days_late, "held": [asdict(held) for held in one.held]}
