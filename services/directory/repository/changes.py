"""What waits to be confirmed, and the history of the register: who changed what, and each difference."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.rows import insert, write
from messaging.statements import Statement
from services.directory.domain.difference import EntityChange, Line
from services.directory.domain.proposals import Proposal
from services.directory.tables import ProposalRow, RegisterChangeRow

MOST_LINES: Final = 200
"""Of one entity, kept in the history; how many were left out is kept too."""

# By primary key.
_LOCK = text("SELECT id, by, files, shown, until FROM proposal WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
_FIND = text("SELECT id, by, files, shown, until FROM proposal WHERE id = :id AND until > :now")
_FORGET = Statement("DELETE FROM proposal WHERE id = ANY(:ids)")
_FORGET_OVER = text("DELETE FROM proposal WHERE until <= :now")  # by proposal_until
_ADD = insert(ProposalRow)
_SHOW_AGAIN = text("UPDATE proposal SET shown = :shown WHERE id = :id")
_RECORD = insert(RegisterChangeRow)
# By register_change_newest or _subject, from the change before on. `units` NULL: the operator, who reads everything.
_HISTORY = text("""
    SELECT c.id, c.at, c.by, a.value ->> 'name' AS by_name, c.kind, c.subject, c.name, c.is_new, c.lines, c.left_out
    FROM register_change c LEFT JOIN account a ON a.id = c.by
    WHERE (CAST(:subject AS text) IS NULL OR c.subject = :subject)
      AND (CAST(:units AS text[]) IS NULL OR (c.units <> '{}' AND CAST(c.units AS text[]) <@ CAST(:units AS text[])))
      AND (CAST(:at AS timestamptz) IS NULL OR (c.at, c.id) < (CAST(:at AS timestamptz), CAST(:id AS text)))
    ORDER BY c.at DESC, c.id DESC LIMIT :limit
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterChange:
    """`by`: an account's id; `units`: all that its readers administer."""

    id: str
    at: datetime
    by: str
    change: EntityChange
    units: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PastChange:
    """`left_out`: how many differences there were beyond those of `change`."""

    id: str
    at: datetime
    by: str
    by_name: str | None
    change: EntityChange
    left_out: int


class Proposals:
    """The store of the commands. What is done is gone."""

    async def load(self, connection: AsyncConnection, keys: Sequence[str]) -> dict[str, Proposal]:
        return {row.id: _proposal(row) for row in await connection.execute(_LOCK, {"ids": list(keys)})}

    async def save(self, connection: AsyncConnection, states: Sequence[Proposal]) -> None:
        await _FORGET.send(connection, {"ids": [state.id for state in states if state.done]})


class RegisterChanges:
    """Only added to."""

    async def save(self, connection: AsyncConnection, states: Sequence[RegisterChange]) -> None:
        await write(connection, _RECORD, [_row(state) for state in states])


PROPOSALS: Final = Proposals()
REGISTER_CHANGES: Final = RegisterChanges()


async def add_proposal(connection: AsyncConnection, proposal: Proposal, now: datetime) -> None:
    """Those that are over are forgotten."""
    await connection.execute(_FORGET_OVER, {"now": now})
    row = {name: getattr(proposal, name) for name in ("id", "by", "files", "shown", "until")}
    await write(connection, _ADD, [row])


async def find_proposal(connection: AsyncConnection, proposal_id: str, now: datetime) -> Proposal | None:
    row = (await connection.execute(_FIND, {"id": proposal_id, "now": now})).first()
    return None if row is None else _proposal(row)


async def show_again(connection: AsyncConnection, proposal_id: str, shown: str) -> None:
    """Somebody has seen another difference than the one they had asked for."""
    await connection.execute(_SHOW_AGAIN, {"id": proposal_id, "shown": shown})


async def history(
    connection: AsyncConnection,
    *,
    subject: str | None,
    units: Collection[str] | None,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[PastChange]:
    """The newest first."""
    at, last = after or (None, None)
    wanted = {"subject": subject, "units": None if units is None else list(units), "at": at, "id": last, "limit": limit}
    return [_past(row) for row in await connection.execute(_HISTORY, wanted)]


def _proposal(row: Any) -> Proposal:
    return Proposal(id=row.id, by=row.by, files=row.files, shown=row.shown, until=row.until)


def _row(state: RegisterChange) -> dict[str, Any]:
    change = state.change
    return {
        "id": state.id,
        "at": state.at,
        "by": state.by,
        "kind": change.kind,
        "subject": change.id,
        "name": change.name,
        "is_new": change.is_new,
        "lines": [asdict(line) for line in change.lines[:MOST_LINES]],
        "left_out": max(0, len(change.lines) - MOST_LINES),
        "units": sorted(state.units),
    }


def _past(row: Any) -> PastChange:
    lines = [Line(tuple(line["path"]), line["before"], line["after"]) for line in row.lines]
    change = EntityChange(kind=row.kind, id=row.subject, name=row.name, is_new=row.is_new, lines=lines)
    return PastChange(id=row.id, at=row.at, by=row.by, by_name=row.by_name, change=change, left_out=row.left_out)
