"""What a command costs the database: the same statements for many together as for one."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import uuid4

import pytest

from chassis.process import Process
from messaging.commands import Commands
from messaging.connections import make_engine
from services.intake.commands.receive import receive_dossier
from services.intake.commands.table import COMMANDS
from services.intake.schemas.requests import ReceiveDossier
from tests.support.intake_events import NOW, new_dossier
from tests.support.intake_world import Intake
from tests.support.reference_data import principal_of
from tests.support.wire_trace import Wire, traced


async def received(process: Process, together: int) -> Wire:
    clerk = principal_of("hoa", NOW)
    bodies = [ReceiveDossier.model_validate(new_dossier()) for _ in range(together)]
    with traced(process.commands.database) as wire:
        await asyncio.gather(*(receive_dossier(process, clerk, body, str(uuid4())) for body in bodies))
    return wire


@pytest.fixture
async def process(intake: Intake) -> AsyncIterator[Process]:
    """Commands on a connection of their own, and warm: what is run often is prepared."""
    own = make_engine(intake.database.url.render_as_string(hide_password=False), pool_size=1)
    running: Process = intake.app.state.process
    process = replace(running, commands=Commands(database=own, table=COMMANDS, clock=running.clock))
    for _ in range(8):
        await received(process, 1)
    yield process
    await own.dispose()


async def test_fifty_together_cost_the_statements_of_one(process: Process) -> None:
    alone, together = await received(process, 1), await received(process, 50)
    assert len(together.statements) == len(alone.statements)


async def test_a_dossier_received_costs_no_more_than_counted_here(process: Process) -> None:
    """BEGIN, claim, revisions of reference data, counter made and locked, dossier, person, history, counter, outbox,
    answer, COMMIT.
    """
    alone, together = await received(process, 1), await received(process, 50)
    assert len(alone.statements) == 12
    assert alone.sent < 12_500
    assert together.sent / 50 < 11_500
