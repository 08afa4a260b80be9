"""The clerks and officers of the lives: whatever waits is accepted, whatever case is open is decided, many at a time.

Their commands go through the services' own tables and engine, in this process: what HTTP would add is all that is left out.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bench.lifecycle.cast import Desk
from contracts.values import Outcome, Role
from deploy.local.outcome import ExitCode, Stopped
from messaging.clock import system_clock
from messaging.command_table import Command, CommandKey, CommandTable
from messaging.commands import LARGEST_BATCH, Commands
from messaging.connections import make_engine
from services.intake.adapters.keys import Keys
from services.intake.commands.dossiers import AcceptWithKeys
from services.intake.commands.table import COMMANDS as INTAKE_COMMANDS
from services.intake.schemas.requests import AcceptDossier
from services.routing.commands.table import COMMANDS as ROUTING_COMMANDS
from services.routing.schemas.requests import DecideCase
from web.principal import Principal

PAUSE_SECONDS: Final = 0.02
GIVE_UP_SECONDS: Final = 60.0
_SUBMITTED: Final = text("SELECT id, version, unit_id AS unit FROM dossier WHERE status = 1 AND id = ANY(:ids) LIMIT :most")
_OPEN: Final = text("""
    SELECT id, version, competent_unit AS unit FROM routing_case WHERE decided_at IS NULL AND id = ANY(:ids) LIMIT :most
""")


async def accept(database: str, keys: Keys, desks: Mapping[str, Desk]) -> None:
    """Every dossier of `desks`, as soon as it is there. Raises Stopped when it does not come, and any Refusal."""
    request = AcceptDossier()

    def command(row: Any) -> Command[AcceptWithKeys]:
        body = AcceptWithKeys(request=request, keys=keys, dated_back=0)
        return _command(row, body, request.model_dump_json(), desks[row.id].clerk, Role.CLERK)

    await _work(database, INTAKE_COMMANDS, _SUBMITTED, list(desks), command)


async def decide(database: str, desks: Mapping[str, Desk]) -> None:
    """The case of every dossier of `desks`, as soon as it is open. Raises as `accept` does."""
    ruling = DecideCase(outcome=Outcome.GRANTED, result_number="1234/KQ")

    def command(row: Any) -> Command[DecideCase]:
        return _command(row, ruling, ruling.model_dump_json(), desks[row.id].leader, Role.LEADER)

    await _work(database, ROUTING_COMMANDS, _OPEN, list(desks), command)


async def _work(url: str, table: CommandTable, waiting: Any, ids: list[str], command: Callable[[Any], Command[Any]]) -> None:
    """Given up when nothing more has come for a long time."""
    database, left, last = make_engine(url), set(ids), time.monotonic()
    commands = Commands(database=database, table=table, clock=system_clock)
    try:
        while left:
            rows = await _waiting(database, waiting, left)
            await asyncio.gather(*(commands.run(command(row)) for row in rows))
            left.difference_update(row.id for row in rows)
            if rows:
                last = time.monotonic()
            elif time.monotonic() > last + GIVE_UP_SECONDS:
                raise _never_came(len(left), len(ids))
            else:
                await asyncio.sleep(PAUSE_SECONDS)
    finally:
        await commands.drain()
        await database.dispose()


def _never_came(missing: int, of: int) -> Stopped:
    return Stopped(
        ExitCode.NOT_READY_IN_TIME,
        vi=f"{missing} trong {of} hồ sơ không đến sau {GIVE_UP_SECONDS:.0f} giây chờ; xem motcua dead-letters.",
        en=f"{missing} of {of} dossiers did not come within {GIVE_UP_SECONDS:.0f} s; look at motcua dead-letters.",
    )


async def _waiting(database: AsyncEngine, query: Any, left: set[str]) -> list[Any]:
    async with database.connect() as connection:
        return list(await connection.execute(query, {"ids": list(left), "most": LARGEST_BATCH}))


def _command(row: Any, body: Any, asked: str, staff: str, role: Role) -> Command[Any]:
    now = datetime.now(UTC)
    by = Principal(
        staff_id=staff, username=staff, name=staff, roles={row.unit: frozenset({role})}, issued_at=now, session_id="bench"
    )
    key = CommandKey.of(str(uuid4()), staff, f"bench {row.id}", asked)
    return Command(body=body, by=by, target=row.id, seen=row.version, key=key, correlation=str(uuid4()))
