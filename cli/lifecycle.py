"""`motcua up`, `down`, `status`, `stop`, `start`, `scale`: an installation's processes from outside."""

import contextlib
import json
import signal
import time
from collections.abc import Mapping, Sequence
from typing import Annotated
from xmlrpc.client import Fault

import typer

from cli.console import err, inline, out, say
from cli.options import DEFAULT_DATA, AsJson, Data
from cli.session import not_running
from cli.shutdown import shut_down
from deploy.local.outcome import ExitCode
from deploy.local.site import Site
from deploy.local.supervision import UNREACHABLE, Status, Supervisor
from deploy.local.topology import Plan

app = typer.Typer()
Names = Annotated[list[str], typer.Argument(metavar="NAME...", help="routing, routing-post, kafka ...")]


@app.command()
def up(
    data: Data = DEFAULT_DATA,
    detach: Annotated[bool, typer.Option("--detach", help="Chạy nền / go on in the background")] = False,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Cổng / the port to serve at")] = None,
    sample: Annotated[bool | None, typer.Option("--sample/--no-sample", help="Dữ liệu mẫu / the sample province")] = None,
    lanes_apart: Annotated[
        bool | None, typer.Option("--lanes-apart/--lanes-together", help="Mỗi luồng một tiến trình / a process for each lane")
    ] = None,
) -> None:
    """Khởi động, chạy đến khi nhấn Ctrl-C / Start everything, and run until Ctrl-C."""
    from cli import sample as sample_province
    from cli.startup import StartOptions, start

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    site, ready = Site(data), False
    try:
        supervisor = start(site, StartOptions(port, lanes_apart, sample))
        try:
            sample_province.load_once(site)
            say(f"Một Cửa đã sẵn sàng: {supervisor.plan.public_url}", f"Một Cửa is ready: {supervisor.plan.public_url}")
            if supervisor.plan.state.sample:
                err.print(sample_province.accounts(), markup=False)
            ready = True
            if not detach:
                say("Nhấn Ctrl-C để dừng.", "Press Ctrl-C to stop.")
                _run_until_interrupted(supervisor)
        except BaseException:
            shut_down(supervisor)
            raise
    except KeyboardInterrupt:
        say("Đã dừng.", "Stopped.")
        raise typer.Exit(ExitCode.OK if ready else ExitCode.INTERRUPTED) from None


@app.command()
def down(data: Data = DEFAULT_DATA) -> None:
    """Dừng tất cả; dữ liệu được giữ / Stop everything; the data are kept."""
    from deploy.local import leftovers

    supervisor = _known(data)
    if supervisor.answers():
        shut_down(supervisor)
    elif not leftovers.end(supervisor.plan):
        raise not_running(supervisor.plan.site)
    say("Đã dừng. Dữ liệu được giữ nguyên.", "Stopped. The data are kept.")


@app.command()
def status(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Các tiến trình và bộ nhớ (MiB) / The processes and what memory they take (MiB)."""
    from deploy.local import memory

    supervisor = _known(data)
    if not supervisor.answers():
        if as_json:
            typer.echo(json.dumps({"processes": []}))
        raise not_running(supervisor.plan.site)
    processes = [_measured(process) for process in supervisor.statuses()]
    own = supervisor.pid()
    processes.append({"name": "supervisor", "pid": own, "state": "running", "rss_mb": memory.alone(own)})
    if as_json:
        typer.echo(json.dumps({"processes": processes}))
        return
    _print_table(processes)
    out.print(supervisor.plan.public_url)


@app.command()
def stop(names: Names, data: Data = DEFAULT_DATA) -> None:
    """Dừng dịch vụ hoặc tiến trình / Stop services or single processes."""
    supervisor = _running(data)
    processes = _process_names(supervisor, names)
    with err.status(inline("Dừng", "stopping")):
        supervisor.stop_processes(processes)
    listed = ", ".join(processes)
    say(f"Đã dừng: {listed}.", f"Stopped: {listed}.")


@app.command()
def start(names: Names, data: Data = DEFAULT_DATA) -> None:
    """Chạy lại, và chờ đến khi sẵn sàng / Start again, and wait until they serve."""
    supervisor = _running(data)
    _start_and_wait(supervisor, _process_names(supervisor, names))


@app.command()
def scale(
    target: Annotated[str, typer.Argument(metavar="NAME=N", help="routing=2, routing-district=3 ...")], data: Data = DEFAULT_DATA
) -> None:
    """Số tiến trình của một dịch vụ / How many processes a service has."""
    from deploy.local import front_door

    base, count = _parsed(target)
    site = _known(data).plan.site
    with site.change() as state:
        programs = {program.base: program for program in Plan(site, state).named(base)}
        if any(not program.part.database or program.name == base != program.base for program in programs.values()):
            raise typer.BadParameter(f"{base}: chỉ các dịch vụ của ta / only services of ours", param_hint="NAME=N")
        state.counts |= dict.fromkeys(programs, count)
    supervisor = Supervisor(Plan(site, state))
    if not supervisor.answers():
        say("Có hiệu lực từ lần motcua up tới.", "It takes effect with the next motcua up.")
        return
    wanted = [program.name for program in supervisor.plan.programs() if program.base in programs]
    states = {process.name: process.state for process in supervisor.statuses()}
    if states.get("caddy") == "running":
        front_door.reload(supervisor.plan)
    with err.status(inline("Thay đổi số tiến trình", "changing the number of processes")):
        supervisor.apply()
    _start_and_wait(supervisor, [name for name in wanted if name not in states])


def _parsed(target: str) -> tuple[str, int]:
    name, _, number = target.partition("=")
    if not name or not number.isdecimal() or not 1 <= int(number) <= 16:  # noqa: PLR2004 - as many as State allows
        raise typer.BadParameter("ví dụ / for example: routing=2 (1-16)", param_hint="NAME=N")
    return name, int(number)


def _known(data: Data) -> Supervisor:
    """Raises Stopped where nothing was ever started."""
    site = Site(data)
    state = site.load()
    if state is None:
        raise not_running(site)
    return Supervisor(Plan(site, state))


def _running(data: Data) -> Supervisor:
    supervisor = _known(data)
    if not supervisor.answers():
        raise not_running(supervisor.plan.site)
    return supervisor


def _process_names(supervisor: Supervisor, names: list[str]) -> list[str]:
    """Processes by what people call them; raises Stopped when there is none of a name, before anything is done."""
    return list(dict.fromkeys(program.name for name in names for program in supervisor.plan.named(name)))


def _start_and_wait(supervisor: Supervisor, names: list[str]) -> None:
    from cli.readiness import CrashWatch, wait_until_ready

    watch = CrashWatch(supervisor)
    supervisor.start_processes(names)
    programs = [program for program in supervisor.plan.programs() if program.name in names]
    with err.status(inline("Khởi động", "starting")):
        wait_until_ready(watch, programs, lambda name: err.print(f"  [green]✓[/] {name}"))


def _run_until_interrupted(supervisor: Supervisor) -> None:
    """Until interrupted, or until somebody else stops everything; says when a process had to be started again."""
    from cli.readiness import CrashWatch

    watch = CrashWatch(supervisor)
    while supervisor.answers():
        with contextlib.suppress(*UNREACHABLE, Fault):  # it may go away, or begin to, between two questions
            for ended in watch.poll():
                if ended.state != "stopped":
                    say(f"{ended.name} đã tắt và được chạy lại.", f"{ended.name} ended and is started again.")
        time.sleep(1)


def _measured(process: Status) -> dict[str, object]:
    from deploy.local import memory

    taken = memory.taken(process.pid) if process.pid else 0.0
    return {"name": process.name, "pid": process.pid or None, "state": process.state, "rss_mb": taken}


def _print_table(processes: Sequence[Mapping[str, object]]) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column(inline("tiến trình", "process"))
    table.add_column("pid", justify="right")
    table.add_column(inline("trạng thái", "state"))
    table.add_column("MiB", justify="right")
    for process in processes:
        table.add_row(str(process["name"]), str(process["pid"] or "-"), str(process["state"]), str(process["rss_mb"]))
    total = sum(float(str(process["rss_mb"])) for process in processes)
    table.add_row(inline("tổng", "total"), "", "", f"{total:.1f}")
    out.print(table)
