"""Before the first request: the keys are opened, or the process ends with a sentence about what is wrong with a key's file."""

from dataclasses import replace
from functools import partial

from chassis.process import Process
from messaging.clock import Clock
from messaging.handler_table import Table
from services.intake.adapters.keys import Keys, keys_of
from services.intake.consumers import TABLE
from services.intake.repository import post_collections


async def open_keys(process: Process) -> None:
    """Raises UnusableSecret."""
    process.messaging.table = table_with(keys_of(process.settings), process.clock)


def table_with(keys: Keys, clock: Clock) -> Table:
    """The consumers' table of a running process: what the post sends is readable with intake's own key alone, and what it says of
    moments is judged by our clock.
    """
    return replace(TABLE, prepare=partial(post_collections.prepare, keys, clock))
