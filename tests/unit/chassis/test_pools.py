"""How many connections each kind of work may open, and that PostgreSQL has as many."""

from importlib import import_module
from pathlib import Path

import pytest

from chassis.pools import PoolSizes
from chassis.settings import ProcessSettings
from contracts.values import Lane
from deploy.local.postgres import SETTINGS
from deploy.local.site import InternalPorts, Site, State
from deploy.local.topology import Plan
from messaging.handler_table import Table
from services.notify.settings import NotifySettings

PORTS = InternalPorts(postgres=1111, kafka=2222, kafka_controller=3333, smtp=4444)
OTHERS = 20
"""Of the superuser, of `motcua`'s own commands, and of a rebuilding of the figures."""


def settings_of(service: str, lanes: str, **given: int) -> ProcessSettings:
    kind = NotifySettings if service == "notify" else ProcessSettings
    return kind(lanes=lanes, **given)


def sizes_of(service: str, lanes: str, **given: int) -> PoolSizes:
    table: Table = import_module(f"services.{service}.main").SERVICE.table
    return PoolSizes.of(settings_of(service, lanes, **given), table)


@pytest.mark.parametrize("apart", [False, True])
def test_the_embedded_postgresql_has_a_connection_for_everybody_at_once(tmp_path: Path, apart: bool) -> None:
    state = State(instance="0123456789ab", lanes_apart=apart, ports=PORTS)
    programs = [program for program in Plan(Site(tmp_path), state).programs() if program.part.database]
    every_lane = ",".join(Lane)
    total = sum(sizes_of(program.part.name, program.environment.get("MOTCUA_LANES", every_lane)).total for program in programs)
    assert total + OTHERS <= int(SETTINGS["max_connections"])


def test_no_part_of_messaging_waits_for_anothers_connection() -> None:
    """A consumer for each group, a relay for each lane and for what has none, the sender; and what looks after them."""
    table: Table = import_module("services.notify.main").SERVICE.table
    apart = sizes_of("notify", "post", mail_connections=4)
    assert apart.consumers >= len(table.groups([Lane.POST])) + 2 + 4
    assert sizes_of("notify", ",".join(Lane), mail_connections=9).consumers >= len(table.groups(tuple(Lane))) + 4 + 9


@pytest.mark.parametrize(("given", "commands", "pages"), [(12, 4, 8), (4, 2, 2), (2, 2, 2), (100, 33, 67)])
def test_commands_and_pages_share_what_is_set_and_both_have_some(given: int, commands: int, pages: int) -> None:
    """Two for commands at the least: one for what waits for a lock, one for all others."""
    sizes = sizes_of("routing", "post", pool_size=given)
    assert (sizes.commands, sizes.pages) == (commands, pages)
