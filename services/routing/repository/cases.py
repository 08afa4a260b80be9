"""Cases and their history: loaded under lock many at once, saved in two statements however many there are."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.intake import PaperRef, ProcedureRef, UnitRef
from contracts.values import Lane, Outcome
from services.routing.domain.case import Act, Case, Person, Ruling, Step, Verdict
from services.routing.tables import CASES, STEPS

_CHANGING = (
    "version", "officer", "officer_name", "assigned_at",
    "outcome", "result_number", "reason", "decided_at", "decided_by", "decided_by_name",
)  # fmt: skip

# By primary key.
_ONE = text("SELECT * FROM routing_case WHERE id = :id")
_LOCK = text("SELECT * FROM routing_case WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
_STEPS = text("SELECT * FROM case_step WHERE case_id = :id ORDER BY number")
_SAVE = text(f"""
    INSERT INTO routing_case ({", ".join(CASES.columns.keys())})
    SELECT {", ".join(CASES.columns.keys())} FROM jsonb_populate_recordset(NULL::routing_case, CAST(:rows AS jsonb)) ORDER BY id
    ON CONFLICT (id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _CHANGING)}
""")  # noqa: S608 -- column names of our own table
_SAVE_STEPS = text(f"""
    INSERT INTO case_step ({", ".join(STEPS.columns.keys())})
    SELECT {", ".join(STEPS.columns.keys())} FROM jsonb_populate_recordset(NULL::case_step, CAST(:rows AS jsonb))
    ORDER BY case_id, number
""")  # noqa: S608 -- column names of our own table


class CaseStore:
    async def load(self, connection: AsyncConnection, ids: Sequence[str]) -> dict[str, Case]:
        """Locked in id order."""
        return {row.id: _case(row) for row in await connection.execute(_LOCK, {"ids": list(ids)})}

    async def save(self, connection: AsyncConnection, states: Sequence[Case]) -> None:
        await connection.execute(_SAVE, {"rows": json.dumps([_row(case) for case in states])})
        steps = [_step_row(case.id, step) for case in states for step in case.new_steps]
        await connection.execute(_SAVE_STEPS, {"rows": json.dumps(steps)})


async def find(connection: AsyncConnection, case: str) -> Case | None:
    row = (await connection.execute(_ONE, {"id": case})).one_or_none()
    return None if row is None else _case(row)


async def history(connection: AsyncConnection, case: str) -> list[Step]:
    """What happened to the case, oldest first."""
    return [
        Step(row.number, Act(row.act), row.at, _person(row.by, row.by_name), _person(row.officer, row.officer_name))
        for row in await connection.execute(_STEPS, {"id": case})
    ]


def _case(row: Any) -> Case:
    return Case(
        id=row.id,
        lane=Lane(row.lane),
        version=row.version,
        code=row.code,
        receiving_unit=UnitRef(id=row.receiving_unit, name=row.receiving_unit_name),
        competent_unit=UnitRef(id=row.competent_unit, name=row.competent_unit_name),
        procedure=ProcedureRef.model_validate(row.procedure),
        papers=tuple(PaperRef.model_validate(paper) for paper in row.papers),
        accepted_at=row.accepted_at,
        promised_at=row.promised_at,
        opened_at=row.opened_at,
        officer=_person(row.officer, row.officer_name),
        assigned_at=row.assigned_at,
        verdict=_verdict(row),
    )


def _verdict(row: Any) -> Verdict | None:
    by = _person(row.decided_by, row.decided_by_name)
    if by is None:
        return None
    return Verdict(Ruling(Outcome(row.outcome), row.result_number, row.reason), row.decided_at, by)


def _person(ident: str | None, name: str | None) -> Person | None:
    return None if ident is None or name is None else Person(ident, name)


def _row(case: Case) -> Mapping[str, object]:
    return {
        "id": case.id,
        "lane": case.lane,
        "version": case.version,
        "code": case.code,
        "receiving_unit": case.receiving_unit.id,
        "receiving_unit_name": case.receiving_unit.name,
        "competent_unit": case.competent_unit.id,
        "competent_unit_name": case.competent_unit.name,
        "procedure": case.procedure.model_dump(mode="json"),
        "papers": [paper.model_dump(mode="json", exclude_none=True) for paper in case.papers],
        "accepted_at": case.accepted_at.isoformat(),
        "promised_at": case.promised_at.isoformat(),
        "opened_at": case.opened_at.isoformat(),
        "assigned_at": None if case.assigned_at is None else case.assigned_at.isoformat(),
        **_named("officer", case.officer),
        **({} if case.verdict is None else _verdict_columns(case.verdict)),
    }


def _verdict_columns(verdict: Verdict) -> Mapping[str, object]:
    return {
        "outcome": verdict.ruling.outcome,
        "result_number": verdict.ruling.result_number,
        "reason": verdict.ruling.reason,
        "decided_at": verdict.at.isoformat(),
        **_named("decided_by", verdict.by),
    }


def _step_row(case: str, step: Step) -> Mapping[str, object]:
    return {
        "case_id": case,
        "number": step.number,
        "act": step.act,
        "at": step.at.isoformat(),
        **_named("by", step.by),
        **_named("officer", step.officer),
    }


def _named(column: str, person: Person | None) -> Mapping[str, str]:
    """What is left out is NULL."""
    return {} if person is None else {column: person.id, f"{column}_name": person.name}
