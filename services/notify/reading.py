"""Who may look into the ledger, and how a message is shown to whom: never an address, only its first letter and its domain.

A clerk and a leader see the messages of their own units; an operator, who answers for the machinery, sees all.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends

from contracts.refusal import NotFound
from contracts.values import Role
from messaging.clock import Clock, system_clock
from services.notify.domain.contact import masked
from services.notify.domain.message import Message, State
from services.notify.repository.ledger import Attempt, Line, Units
from web.principal import Forbidden, Principal
from web.signin import requires

READERS = (Role.CLERK, Role.LEADER, Role.OPERATOR)
RETRIERS = (Role.LEADER, Role.OPERATOR)

Reader = Annotated[Principal, Depends(requires(*READERS))]
Retrier = Annotated[Principal, Depends(requires(*RETRIERS))]


class NoMessage(NotFound):
    def __init__(self) -> None:
        super().__init__("no-message", vi="Không có tin báo này.", en="There is no such message.")


def units_of(reader: Principal) -> Units:
    """The units whose messages this person may see; None: all."""
    if reader.has(Role.OPERATOR):
        return None
    return reader.units(Role.CLERK) | reader.units(Role.LEADER)


def require_reading(reader: Principal, unit: str) -> None:
    units = units_of(reader)
    if units is not None and unit not in units:
        raise Forbidden((Role.CLERK, Role.LEADER), unit)


def may_retry(person: Principal, unit: str) -> bool:
    return person.has(Role.OPERATOR) or person.has(Role.LEADER, unit)


def require_retrying(person: Principal, unit: str) -> None:
    if not may_retry(person, unit):
        raise Forbidden((Role.LEADER,), unit)


def recipient(line: Line) -> str | None:
    """Masked, as the contact stands now; None if there is none, it was forgotten, or it has changed since the mail went out."""
    if line.message.state is State.SKIPPED or line.contact is None or line.contact.address is None:
        return None
    if line.sent_to_version is not None and line.sent_to_version != line.contact.version:
        return None
    return masked(line.contact.address)


def sought(typed: str) -> str | None:
    """A code or submission number as a person types it: capitals, no blanks. A dossier's id stays as it is."""
    found = "".join(typed.split())
    return (found if found.startswith("d-") else found.upper()) or None


def fact_name(message: Message) -> str:
    """`vn.motcua.intake.dossier.handed-over.v1` is `handed-over`."""
    return message.fact_type.split(".")[-2]


def next_try(message: Message, clock: Clock) -> datetime | None:
    """When it is due by the clock that people see; None for one that is settled or being sent."""
    if message.state is not State.QUEUED or message.due_at is None:
        return None
    return clock() + max(message.due_at - system_clock(), timedelta())


def as_json(line: Line, clock: Clock) -> dict[str, Any]:
    message = line.message
    due = next_try(message, clock)
    return {
        "id": message.id,
        "version": message.version,
        "dossier": message.dossier,
        "sequence": message.sequence,
        "code": message.code,
        "submission_number": message.submission_number,
        "unit": message.unit,
        "fact": message.fact,
        "fact_type": message.fact_type,
        "channel": message.channel.value,
        "recipient": recipient(line),
        "outcome": message.outcome.value,
        "state": message.state.value,
        "reason": message.reason,
        "attempts": message.attempt,
        "happened_at": message.happened_at.isoformat(),
        "queued_at": message.queued_at.isoformat(),
        "next_try_at": due and due.isoformat(),
        "settled_at": message.settled_at and message.settled_at.isoformat(),
    }


def attempt_as_json(attempt: Attempt) -> dict[str, Any]:
    return {
        "number": attempt.number,
        "started_at": attempt.started_at.isoformat(),
        "ended_at": attempt.ended_at and attempt.ended_at.isoformat(),
        "outcome": attempt.outcome,
        "detail": attempt.detail,
    }
