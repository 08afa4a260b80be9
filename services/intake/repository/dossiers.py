"""Dossiers with their history and, when new, their sealed applicant: loaded and locked together, written together."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis import rows
from contracts.intake import ContactV1, MissingPaper, PaperRef, ProcedureRef, UnitRef
from contracts.topics import CONTACTS
from contracts.values import Channel, HandOver, Lane, Outcome, PortalStatus, WithdrawalReason
from messaging import outbox
from messaging.statements import Statement
from services.intake.domain.dossier import Dossier, NoSuchDossier, Withdrawal
from services.intake.domain.endings import Extension, Stop
from services.intake.domain.history import HistoryLine
from services.intake.domain.owed import Owed
from services.intake.domain.stages import Stage
from services.intake.repository.status_counts import COUNTED
from services.intake.tables import DossierRow, HistoryRow, PersonRow

# By primary key, in key order.
_LOCK: Final = Statement("SELECT * FROM dossier WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
_GET: Final = Statement("SELECT * FROM dossier WHERE id = :id")
# By index dossier_code or dossier_submission_number.
_QUOTED: Final = Statement(
    "SELECT id FROM dossier WHERE code = :quoted UNION SELECT id FROM dossier WHERE submission_number = :quoted"
)
_HISTORY: Final = Statement("SELECT sequence, type, at, by, notice, data FROM history WHERE dossier = :id ORDER BY sequence")

_SAVE: Final = Statement(f"WITH {COUNTED} {rows.upsert_text(DossierRow)}")
_SAVE_PERSON: Final = rows.insert(PersonRow)
_SAVE_HISTORY: Final = rows.insert(HistoryRow)


class Dossiers:
    """The store of the commands. Their contacts go out with their facts."""

    async def load(self, connection: AsyncConnection, ids: Sequence[str]) -> dict[str, Dossier]:
        rows_locked = await _LOCK.rows(connection, {"ids": list(ids)})
        return {row.id: _dossier(row) for row in rows_locked}

    async def save(self, connection: AsyncConnection, states: Sequence[Dossier]) -> None:
        await rows.write(connection, _SAVE, [_row(state) for state in states])
        await rows.write(connection, _SAVE_PERSON, [row for state in states for row in _person_rows(state)])
        await rows.write(connection, _SAVE_HISTORY, [row for state in states for row in _history_rows(state)])


class AnnouncedDossiers(Dossiers):
    """The store of the consumers' table. Contacts go out before the facts that name them."""

    async def save(self, connection: AsyncConnection, states: Sequence[Dossier]) -> None:
        await super().save(connection, states)
        await outbox.write(connection, contact_drafts(states))


DOSSIERS: Final = Dossiers()


async def get(connection: AsyncConnection, dossier: str) -> Dossier:
    """As it stands, without a lock; raises NoSuchDossier."""
    return _existing(await _GET.rows(connection, {"id": dossier}))


async def quoted(connection: AsyncConnection, code: str) -> str | None:
    """The id of the dossier with this code or submission number."""
    rows_found = await _QUOTED.rows(connection, {"quoted": code})
    return str(rows_found[0].id) if rows_found else None


async def history(connection: AsyncConnection, dossier: str) -> list[HistoryLine]:
    """A line for every fact published, oldest first."""
    return [HistoryLine(**row._asdict()) for row in await _HISTORY.rows(connection, {"id": dossier})]


def contact_drafts(states: Sequence[Dossier], correlation: str | None = None) -> list[outbox.Draft]:
    """The contacts of new dossiers, to be queued before any fact that names their version."""
    return [
        contact_draft(state, state.person.contact, correlation)
        for state in states
        if state.person is not None and state.person.contact is not None
    ]


def contact_draft(state: Dossier, contact: ContactV1, correlation: str | None = None) -> outbox.Draft:
    """In the dossier's version of it."""
    assert state.contact_version is not None  # noqa: S101 -- a dossier with a contact has its version
    return outbox.Draft(
        topic=CONTACTS,
        type=ContactV1.TYPE,
        subject=state.id,
        sequence=state.contact_version,
        lane=state.lane,
        payload=contact.model_dump_json(exclude_none=True).encode(),
        time=state.changed_at,
        correlation=correlation,
    )


def _row(state: Dossier) -> dict[str, Any]:
    return {
        "id": state.id,
        "lane": state.lane,
        "version": state.version,
        "status": int(state.status),
        "returned": state.stage is Stage.RETURNED,
        "submission_number": state.submission_number,
        "unit_id": state.unit.id,
        "unit_name": state.unit.name,
        "procedure": state.procedure.model_dump(mode="json"),
        "channel": state.channel,
        "hand_over": state.hand_over,
        "papers": [paper.model_dump(mode="json", exclude_none=True) for paper in state.papers],
        "missing": [paper.model_dump(mode="json") for paper in state.missing],
        "submitted_at": state.submitted_at,
        "changed_at": state.changed_at,
        "contact_version": state.contact_version,
        "collection": state.collection,
        "reason": state.reason,
        "code": state.code,
        "competent_id": state.competent and state.competent.id,
        "competent_name": state.competent and state.competent.name,
        "fee": state.fee,
        "accepted_at": state.accepted_at,
        "promised_at": state.promised_at,
        "explanation": state.explanation,
        "decided_at": state.decided_at,
        "outcome": state.outcome,
        "result_number": state.result_number,
        "reminded_at": state.reminded_at,
        "handed_over_at": state.handed_over_at,
        "handed_over_by": state.handed_over_by,
        "address_confirmed": state.address_confirmed,
        **_turns(state),
    }


def _turns(state: Dossier) -> dict[str, Any]:
    """What may come between acceptance and a result, or instead of it."""
    return {
        "withdrawal": state.withdrawal and asdict(state.withdrawal),
        "withdrawn_at": state.withdrawn_at,
        "owed_since": state.owed and state.owed.since,
        "owed": state.owed and state.owed.to_data(),
        "stop": state.stop and state.stop.data(),
        "decline_reason": state.decline_reason,
        "extension": state.extension and state.extension.data(),
    }


def _person_rows(state: Dossier) -> list[dict[str, Any]]:
    person = state.person
    if person is None:
        return []
    sealed = {field.name: getattr(person, field.name) for field in fields(person) if field.name != "contact"}
    return [{"dossier": state.id, **sealed}]


def _history_rows(state: Dossier) -> list[dict[str, Any]]:
    return [{"dossier": state.id, **vars(line)} for line in state.pending_history]


def _existing(found_rows: Sequence[Any]) -> Dossier:
    if not found_rows:
        raise NoSuchDossier
    return _dossier(found_rows[0])


def _dossier(row: Any) -> Dossier:
    return Dossier(
        id=row.id,
        lane=Lane(row.lane),
        version=row.version,
        stage=Stage.of(PortalStatus(row.status), returned=row.returned),
        submission_number=row.submission_number,
        unit=UnitRef(id=row.unit_id, name=row.unit_name),
        procedure=ProcedureRef.model_validate(row.procedure),
        channel=Channel(row.channel),
        hand_over=HandOver(row.hand_over),
        papers=tuple(map(PaperRef.model_validate, row.papers)),
        submitted_at=row.submitted_at,
        changed_at=row.changed_at,
        contact_version=row.contact_version,
        collection=row.collection,
        missing=tuple(map(MissingPaper.model_validate, row.missing)),
        reason=row.reason,
        code=row.code,
        competent=UnitRef(id=row.competent_id, name=row.competent_name) if row.competent_id else None,
        fee=row.fee,
        accepted_at=row.accepted_at,
        promised_at=row.promised_at,
        explanation=row.explanation,
        decided_at=row.decided_at,
        outcome=Outcome(row.outcome) if row.outcome else None,
        result_number=row.result_number,
        reminded_at=row.reminded_at,
        handed_over_at=row.handed_over_at,
        handed_over_by=HandOver(row.handed_over_by) if row.handed_over_by else None,
        address_confirmed=row.address_confirmed,
        withdrawal=_withdrawal(row.withdrawal),
        withdrawn_at=row.withdrawn_at,
        owed=None if row.owed is None else Owed.from_data(row.owed, row.owed_since),
        stop=Stop.from_data(row.stop) if row.stop else None,
        decline_reason=row.decline_reason,
        extension=Extension.from_data(row.extension) if row.extension else None,
    )


def _withdrawal(data: dict[str, Any] | None) -> Withdrawal | None:
    return None if data is None else Withdrawal(**data | {"reason": WithdrawalReason(data["reason"])})
