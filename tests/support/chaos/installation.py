"""Starts an installation behind fault proxies, in a folder of its own, and ends it, whatever happened to it."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from cli import sample
from cli.startup import start_everything
from contracts.services import SERVICES
from deploy.local.ports import free_ports
from deploy.local.site import Site
from deploy.local.supervision import Supervisor
from tests.support.chaos.cluster import Layout, ProxiedPlan, broker_name, clocks_apart
from tests.support.chaos.proxy import FaultProxy
from tests.support.chaos.settings import Settings

START_WITHIN: Final = 600.0
"""Three brokers and ten services, each on its first start, on two cores."""


@asynccontextmanager
async def installation(
    settings: Settings, say: Callable[[str], None]
) -> AsyncIterator[tuple[ProxiedPlan, dict[str, FaultProxy]]]:
    folder = _folder()
    plan = _plan(settings, Site(folder / "site"))
    async with AsyncExitStack() as stack:
        links = await _links(plan, stack)
        supervisor = Supervisor(plan)
        try:
            await asyncio.to_thread(_start, supervisor)
            say(f"an installation at {plan.public_url}: {len(plan.programs())} processes, clocks {dict(plan.layout.clocks)}")
            yield plan, links
        finally:
            await asyncio.to_thread(_end, supervisor, settings.kept)
            shutil.rmtree(folder, ignore_errors=True)


def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="motcua-chaos-"))
    folder.chmod(0o711)  # PostgreSQL's user passes through
    return folder


def _plan(settings: Settings, site: Site) -> ProxiedPlan:
    site.create()
    with site.change() as state:
        state.port = free_ports(1)[0]
        state.counts = dict.fromkeys(SERVICES, settings.processes)
        state.clock = os.environ.get("MOTCUA_TEST_CLOCK", "")
    clocks = clocks_apart(settings.seed, settings.processes, settings.apart) if settings.apart and not state.clock else {}
    return ProxiedPlan(site, state, Layout.choose(state, settings.brokers, clocks))


async def _links(plan: ProxiedPlan, stack: AsyncExitStack) -> dict[str, FaultProxy]:
    links = {"postgres": FaultProxy(plan.layout.postgres_proxy, plan.state.ports.postgres)}
    links |= {broker_name(broker.node): FaultProxy(broker.proxied, broker.behind) for broker in plan.brokers}
    for link in links.values():
        await link.start()
        stack.push_async_callback(link.stop)
    return links


def _start(supervisor: Supervisor) -> None:
    plan: Any = supervisor.plan
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda server: server.initialise(), (plan.postgres, *plan.brokers)))
    supervisor.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cli.readiness.READY_WITHIN", START_WITHIN)
        start_everything(supervisor)
    sample.load_once(plan.site)


def _end(supervisor: Supervisor, kept: Path) -> None:
    """The logs stay with the history: they are evidence."""
    if supervisor.answers():
        supervisor.shut_down()
    shutil.copytree(supervisor.plan.site.logs, kept / "logs", dirs_exist_ok=True)
