"""The composition root that each service's `main.py` fills in. Nothing connects at import; pages serve while Kafka is away."""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import psycopg
import structlog
from fastapi import APIRouter, Depends, FastAPI
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import Request

from chassis.dead_letter_commands import DEAD_LETTER_COMMANDS
from chassis.dead_letters import dead_letters_router
from chassis.drafts import Drafts, Seal
from chassis.health import health_router
from chassis.http_server import HttpServer
from chassis.logs import configure_logs
from chassis.loop_watch import LoopWatch
from chassis.pools import Pools, PoolSizes
from chassis.publisher_behind import on_publisher_behind
from chassis.reconcile import View, reconcile_router
from chassis.republish import republish_router
from chassis.settings import ProcessSettings, database_url, web_settings
from chassis.sign_in import SignInLookUp
from contracts.golden import load_events
from messaging.bell import Bell
from messaging.clock import Clock, clock_from
from messaging.command_table import CommandTable
from messaging.commands import Commands, Overloaded
from messaging.engine import OnBegin
from messaging.faults import CUT_OFF
from messaging.handler_table import Table
from messaging.publisher_guard import PublisherBehind
from messaging.runtime import Messaging
from web.app import Lifespan, create_app
from web.draft_routes import draft_router
from web.signin import SignInCheck, SignInState
from web.vouchers import RootKeys

log = structlog.get_logger(__name__)
# A type that nobody here has imported would be parked as newer, and hold what follows it; all that is declared is known.
load_events()


@dataclass(frozen=True, kw_only=True)
class Process:
    """What a running process hands to its routes and background work. `database` is for what routes write themselves; `reads` and
    `jobs` are for those who only read, shortly or at length: each statement by itself, without a transaction around it.
    """

    name: str
    settings: ProcessSettings
    clock: Clock
    database: AsyncEngine
    reads: AsyncEngine
    jobs: AsyncEngine
    commands: Commands
    messaging: Messaging


_UNAVAILABLE = (OperationalError, InterfaceError, PoolTimeout, psycopg.OperationalError, psycopg.InterfaceError)
Background = Callable[[Process, asyncio.Event, Bell], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Service:
    """What makes a service: tables of events and of commands, routes, folder of pages, what runs beside them, what reconcile
    may ask, what runs first in each transaction of its consumers. `draft_seal`: it keeps drafts of its forms, sealed by this.
    """

    name: str
    title: str
    folder: Path
    table: Table
    routers: Sequence[APIRouter]
    commands: CommandTable = field(default_factory=CommandTable)
    background: Sequence[Background] = ()
    views: Sequence[View] = ()
    settings: type[ProcessSettings] = ProcessSettings
    signin: Callable[[AsyncEngine, RootKeys], SignInState] = SignInLookUp
    at_start: Callable[[Process], Awaitable[None]] | None = None
    on_begin: OnBegin | None = None
    draft_seal: Callable[[ProcessSettings], Seal] | None = None


async def process_of(request: Request) -> Process:
    process: Process = request.app.state.process
    return process


CurrentProcess = Annotated[Process, Depends(process_of)]


def build(service: Service, settings: ProcessSettings, url: str) -> FastAPI:
    """The application of one process; it connects when its lifespan starts."""
    process = _process(service, settings, url)
    app = create_app(
        service=service.name,
        title=service.title,
        lifespan=_lifespan(service, process),
        signin=SignInCheck(service.signin(process.reads, settings.roots), process.clock, settings.shift),
        settings=web_settings(settings),
        now=process.clock,
        folder=service.folder,
        unavailable=(*_UNAVAILABLE, *CUT_OFF, Overloaded),
    )
    app.add_exception_handler(PublisherBehind, on_publisher_behind)
    app.state.process = process
    app.add_middleware(LoopWatch)
    if service.draft_seal is not None:
        seal = partial(service.draft_seal, settings)
        app.state.drafts = Drafts(database=process.database, reads=process.reads, seal=seal, clock=process.clock)
        app.include_router(draft_router(service.name))
    app.include_router(health_router(service.name))
    app.include_router(dead_letters_router(service.name))
    app.include_router(republish_router(service.name))
    app.include_router(reconcile_router(service.name, service.views))
    for router in service.routers:
        app.include_router(router)
    return app


def _process(service: Service, settings: ProcessSettings, url: str) -> Process:
    clock, pools = clock_from(settings.clock), Pools.of(url, PoolSizes.of(settings, service.table))
    messaging = Messaging(
        table=service.table,
        database=pools.consumers,
        kafka=settings.kafka_access,
        clock=clock,
        lanes=settings.served_lanes(),
        batch_records=settings.batch_records,
        replication=settings.replication,
        lane_partitions=settings.lane_partitions,
        client_id=f"motcua-{settings.process}",
        member=settings.member,
        session_seconds=settings.session_seconds,
        sent_days=settings.sent_days,
        on_begin=service.on_begin,
    )
    commands = Commands(database=pools.commands, table=service.commands.joined(DEAD_LETTER_COMMANDS), clock=clock)
    return Process(
        name=service.name,
        settings=settings,
        clock=clock,
        database=pools.commands,
        reads=pools.pages,
        jobs=pools.jobs,
        commands=commands,
        messaging=messaging,
    )


def _lifespan(service: Service, process: Process) -> Lifespan:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        process.messaging.background = [_bound(work, process) for work in service.background]
        try:
            await process.messaging.guard()
            if service.at_start is not None:
                await service.at_start(process)
            await process.messaging.start()
            log.info("started", service=service.name, lanes=process.settings.lanes)
            yield
        finally:
            await process.commands.drain()
            await process.messaging.stop()
            for engine in (process.database, process.reads, process.jobs, process.messaging.database):
                await engine.dispose()

    return lifespan


def _bound(work: Background, process: Process) -> Callable[[asyncio.Event, Bell], Awaitable[None]]:
    return lambda stopping, bell: work(process, stopping, bell)


def serve(service: Service) -> None:
    """Run one process until SIGTERM, on its unix socket or port."""
    settings = service.settings()
    configure_logs(settings.process, settings.log_level)
    app = build(service, settings, database_url(service.name))
    where: dict[str, Any] = (
        {"uds": str(settings.http_socket)} if settings.http_socket else {"host": "127.0.0.1", "port": settings.http_port or 8000}
    )
    gc.freeze()  # what is loaded stays: the collector need not look through it again
    gc.enable()
    HttpServer(app, **where).run()
