"""Cases and their history: loaded under lock many at once, saved in two statements however many there are. The numbers of open
ones change with them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis import rows
from contracts.directory import SigningV1
from contracts.endings.ground import StopGround
from contracts.intake import PaperRef, ProcedureRef, Provisional, UnitRef
from contracts.values import Lane, Outcome, WithdrawalReason
from messaging.statements import Statement
from services.routing.domain.case import Case
from services.routing.domain.extension import AskedExtension
from services.routing.domain.history import HistoryLine, Person, Transition
from services.routing.domain.ruling import Proposal, Ruling, Verdict, Withdrawal
from services.routing.domain.stop import Stop
from services.routing.repository.open_counts import COUNTED
from services.routing.repository.pauses import pause_columns, pause_of
from services.routing.tables import CaseRow, StepRow

_CHANGING = (
    "version", "promised_at", "provisional", "officer", "officer_name", "assigned_at", "assigned_by",
    "outcome", "result_number", "reason", "decided_at", "decided_by", "decided_by_name",
    "withdrawn_at", "withdrawal_reason", "duplicate_of", "withdrawn_by", "withdrawn_by_name",
    "due_soon_for", "overdue_for",
    "papers", "waiting_since", "pause", "supplements", "payments",
    "stopped_at", "stop_ground", "stop_details", "stopped_by", "stopped_by_name", "extension_asked", "extensions",
    "submitted_at", "submitted_by", "submitted_by_name", "draft_outcome", "draft_reason",
)  # fmt: skip

# By primary key.
_ONE = Statement("SELECT * FROM routing_case WHERE id = :id")
_LOCK = Statement("SELECT * FROM routing_case WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
_HISTORY = Statement("SELECT * FROM case_step WHERE case_id = :id ORDER BY number")
# By primary keys.
_SAVE = Statement(f"""
    WITH given AS (
        SELECT id, competent_unit, officer, procedure, assigned_by, promised_at, decided_at, withdrawn_at, stopped_at,
               waiting_since
        FROM jsonb_populate_recordset(CAST(NULL AS routing_case), CAST(:rows AS jsonb))
    ), {COUNTED}
    {rows.upsert_text(CaseRow, _CHANGING)}
""")  # noqa: S608 -- our own words
_SAVE_HISTORY = rows.insert(StepRow)


class CaseStore:
    async def load(self, connection: AsyncConnection, ids: Sequence[str]) -> dict[str, Case]:
        """Locked in id order."""
        return {row.id: _case(row) for row in await _LOCK.rows(connection, {"ids": list(ids)})}

    async def save(self, connection: AsyncConnection, states: Sequence[Case]) -> None:
        await rows.write(connection, _SAVE, [_case_row(case) for case in states])
        await rows.write(
            connection, _SAVE_HISTORY, [_history_row(case.id, line) for case in states for line in case.pending_history]
        )


CASE_STORE: Final = CaseStore()


async def find_case(connection: AsyncConnection, case_id: str) -> Case | None:
    rows_found = await _ONE.rows(connection, {"id": case_id})
    return _case(rows_found[0]) if rows_found else None


async def history(connection: AsyncConnection, case_id: str) -> list[HistoryLine]:
    """What happened to the case, oldest first."""
    return [_history_line(row) for row in await _HISTORY.rows(connection, {"id": case_id})]


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
        limit_kind=row.limit_kind,
        calendar=row.calendar,
        provisional=None if row.provisional is None else Provisional.model_validate(row.provisional),
        officer=_person(row.officer, row.officer_name),
        assigned_at=row.assigned_at,
        assigned_by=row.assigned_by,
        verdict=_verdict(row),
        withdrawal=_withdrawal(row),
        due_soon_for=row.due_soon_for,
        overdue_for=row.overdue_for,
        pause=None if row.pause is None else pause_of(row.pause, row.waiting_since),
        supplements=row.supplements,
        payments=row.payments,
        stop=_stop(row),
        asked=AskedExtension.from_data(row.extension_asked) if row.extension_asked else None,
        extensions=row.extensions,
        signing=None if row.signing is None else SigningV1.model_validate(row.signing),
        proposal=_proposal(row),
    )


def _verdict(row: Any) -> Verdict | None:
    by = _person(row.decided_by, row.decided_by_name)
    if by is None:
        return None
    return Verdict(Ruling(Outcome(row.outcome), row.result_number, row.reason), row.decided_at, by)


def _withdrawal(row: Any) -> Withdrawal | None:
    if row.withdrawn_at is None:
        return None
    by = _person(row.withdrawn_by, row.withdrawn_by_name)
    return Withdrawal(reason=WithdrawalReason(row.withdrawal_reason), at=row.withdrawn_at, duplicate_of=row.duplicate_of, by=by)


def _stop(row: Any) -> Stop | None:
    by = _person(row.stopped_by, row.stopped_by_name)
    if by is None:
        return None
    return Stop(ground=StopGround(row.stop_ground), details=row.stop_details, at=row.stopped_at, by=by)


def _proposal(row: Any) -> Proposal | None:
    by = _person(row.submitted_by, row.submitted_by_name)
    return None if by is None else Proposal(Ruling(Outcome(row.draft_outcome), reason=row.draft_reason), row.submitted_at, by)


def _person(ident: str | None, name: str | None) -> Person | None:
    return None if ident is None or name is None else Person(ident, name)


def _history_line(row: Any) -> HistoryLine:
    return HistoryLine(
        number=row.number,
        transition=Transition(row.act),
        at=row.at,
        by=_person(row.by, row.by_name),
        officer=_person(row.officer, row.officer_name),
        comment=row.comment,
    )


def _case_row(case: Case) -> Mapping[str, object]:
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
        "accepted_at": case.accepted_at,
        "promised_at": case.promised_at,
        "opened_at": case.opened_at,
        "limit_kind": case.limit_kind,
        "calendar": case.calendar,
        "provisional": case.provisional and case.provisional.model_dump(mode="json"),
        "assigned_at": case.assigned_at,
        "assigned_by": case.assigned_by,
        "due_soon_for": case.due_soon_for,
        "overdue_for": case.overdue_for,
        "extension_asked": case.asked and case.asked.data(),
        "extensions": case.extensions,
        **_named("officer", case.officer),
        **({} if case.verdict is None else _verdict_columns(case.verdict)),
        **({} if case.withdrawal is None else _withdrawal_columns(case.withdrawal)),
        **({} if case.pause is None else pause_columns(case.pause)),
        "supplements": case.supplements,
        "payments": case.payments,
        **({} if case.stop is None else _stop_columns(case.stop)),
        "signing": case.signing and case.signing.model_dump(mode="json"),
        **({} if case.proposal is None else _proposal_columns(case.proposal)),
    }


def _verdict_columns(verdict: Verdict) -> Mapping[str, object]:
    return {
        "outcome": verdict.ruling.outcome,
        "result_number": verdict.ruling.result_number,
        "reason": verdict.ruling.reason,
        "decided_at": verdict.at,
        **_named("decided_by", verdict.by),
    }


def _withdrawal_columns(withdrawal: Withdrawal) -> Mapping[str, object]:
    return {
        "withdrawn_at": withdrawal.at,
        "withdrawal_reason": withdrawal.reason,
        "duplicate_of": withdrawal.duplicate_of,
        **_named("withdrawn_by", withdrawal.by),
    }


def _stop_columns(stop: Stop) -> Mapping[str, object]:
    return {
        "stopped_at": stop.at,
        "stop_ground": stop.ground,
        "stop_details": stop.details,
        **_named("stopped_by", stop.by),
    }


def _proposal_columns(proposal: Proposal) -> Mapping[str, object]:
    return {
        "submitted_at": proposal.at,
        "draft_outcome": proposal.ruling.outcome,
        "draft_reason": proposal.ruling.reason,
        **_named("submitted_by", proposal.by),
    }


def _history_row(case_id: str, line: HistoryLine) -> Mapping[str, object]:
    return {
        "case_id": case_id,
        "number": line.number,
        "act": line.transition,
        "at": line.at,
        "comment": line.comment,
        **_named("by", line.by),
        **_named("officer", line.officer),
    }


def _named(column: str, person: Person | None) -> Mapping[str, str]:
    """What is left out is NULL."""
    return {} if person is None else {column: person.id, f"{column}_name": person.name}
