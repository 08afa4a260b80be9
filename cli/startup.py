"""`motcua up`, step by step. Every step can be repeated: a break anywhere is mended by running it again."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from cli.console import err, inline, say
from cli.readiness import CrashWatch, wait_until_ready
from cli.shutdown import shut_down
from deploy.local import kafka_users, leftovers, schema, setup
from deploy.local.outcome import ExitCode, Stopped
from deploy.local.ports import is_free
from deploy.local.site import InternalPorts, Site
from deploy.local.supervision import Supervisor
from deploy.local.topology import INFRASTRUCTURE, Plan


@dataclass(frozen=True)
class StartOptions:
    """What the caller asked for; None keeps what the installation has."""

    port: int | None = None
    lanes_apart: bool | None = None
    sample: bool | None = None


def start(site: Site, options: StartOptions) -> Supervisor:
    """Bring everything up and wait until it serves.

    Raises:
        Stopped: with the reason; nothing is left running then.
    """
    setup.ensure(err)
    site.create()
    with _start_lock(site):
        plan = _plan(site, options)
        supervisor = Supervisor(plan)
        if plan.postgres.data.parent != site.data:
            folder = plan.postgres.data
            say(f"Dữ liệu PostgreSQL nằm ở {folder}.", f"PostgreSQL keeps its data in {folder}.")
        with err.status(inline("Chuẩn bị dữ liệu", "preparing the data")), ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda server: server.initialise(), (plan.postgres, plan.kafka)))
        supervisor.start()
        try:
            start_everything(supervisor)
        except BaseException:
            shut_down(supervisor)
            raise
    return supervisor


def start_everything(supervisor: Supervisor) -> None:
    """Servers, databases, services, in that order, under a supervisor that runs; returns when all of them serve."""
    plan, started = supervisor.plan, time.monotonic()
    watch = CrashWatch(supervisor)
    programs = plan.programs()
    servers = [program for program in programs if program.part.name in INFRASTRUCTURE]

    def ready(name: str) -> None:
        err.print(f"  [green]✓[/] {name:<20} {time.monotonic() - started:5.1f} s")

    with err.status(inline("Khởi động", "starting")) as status:
        wait_until_ready(watch, servers[:1], ready)
        plan.postgres.provide(plan.state.database_passwords, plan.state.owner_passwords)
        status.update(inline("Đưa cơ sở dữ liệu lên phiên bản hiện hành", "bringing the databases up to date"))
        with ThreadPoolExecutor(1) as pool:
            upgrade = pool.submit(schema.upgrade, plan.owner_urls())
            wait_until_ready(watch, servers[1:], ready)
            if plan.kafka.users is not None and any(server.part.name == "kafka" for server in servers):
                kafka_users.provide_rights(plan.kafka.users, plan.kafka.client_environment(kafka_users.BROKER))
            upgrade.result()
        status.update(inline("Khởi động các dịch vụ", "starting the services"))
        supervisor.start_processes([program.name for program in programs if program.part.module])
        wait_until_ready(watch, [program for program in programs if program not in servers], ready)


def _plan(site: Site, options: StartOptions) -> Plan:
    """The state brought in line with the options, on ports that are free."""
    if before := site.load():
        _end_leftovers(Plan(site, before))
    with site.change() as state:
        state.port = options.port or state.port
        state.lanes_apart = state.lanes_apart if options.lanes_apart is None else options.lanes_apart
        state.sample = state.sample if options.sample is None else options.sample
        state.clock = os.environ.get("MOTCUA_CLOCK", "")
        state.log_level = os.environ.get("MOTCUA_LOG_LEVEL", "INFO")
        if not is_free(state.port):
            raise _port_taken(state.port)
        if not state.ports.are_free():
            state.ports = InternalPorts.choose()
    return Plan(site, state)


def _end_leftovers(plan: Plan) -> None:
    """End what a killed supervisor left behind; a living one is left alone."""
    if Supervisor(plan).answers():
        raise already_running(plan)
    if names := leftovers.end(plan):
        listed = ", ".join(names)
        say(f"Đã tắt các tiến trình còn sót của lần chạy trước: {listed}.", f"Ended what an earlier run had left: {listed}.")


@contextlib.contextmanager
def _start_lock(site: Site) -> Iterator[None]:
    with (site.configuration / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Stopped(
                ExitCode.ALREADY_RUNNING,
                vi=f"Một lệnh motcua up khác đang khởi động trên {site.data}.",
                en=f"Another motcua up is starting on {site.data}.",
            ) from error
        yield


def already_running(plan: Plan) -> Stopped:
    return Stopped(
        ExitCode.ALREADY_RUNNING,
        vi=f"Một Cửa đã chạy trên {plan.site.data}, tại {plan.public_url}. Dừng bằng: motcua down",
        en=f"Một Cửa already runs on {plan.site.data}, at {plan.public_url}. Stop it with: motcua down",
    )


def _port_taken(port: int) -> Stopped:
    return Stopped(
        ExitCode.PORT_TAKEN,
        vi=f"Cổng {port} đang có chương trình khác dùng. Chọn cổng khác: motcua up --port N",
        en=f"Port {port} is taken by another program. Choose another one: motcua up --port N",
    )
