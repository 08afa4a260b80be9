"""Waiting until processes are ready to serve, and noticing the one that never will be."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from cli import http
from cli.console import say
from deploy.local.outcome import ExitCode, Stopped
from deploy.local.ports import accepts, answers
from deploy.local.site import Site
from deploy.local.supervision import Status, Supervisor
from deploy.local.topology import Plan, Program

READY_WITHIN = 120.0
CRASHES_ENOUGH = 3
LAST_LINES = 15
INTERVAL = 0.1
BEHIND = "motcua publisher raise"
"""So much of what a service says then (messaging.publisher_guard)."""


class CrashWatch:
    """Counts how often each process has ended since the watch began."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor
        self.crashes: Counter[str] = Counter()
        self._ended_at = {process.name: process.ended_at for process in supervisor.statuses()}

    def poll(self) -> list[Status]:
        """Those that have ended since the last poll."""
        statuses = self.supervisor.statuses()
        ended = [process for process in statuses if process.ended_at != self._ended_at.get(process.name, 0)]
        self._ended_at |= {process.name: process.ended_at for process in ended}
        self.crashes.update(process.name for process in ended)
        return ended

    def check(self) -> None:
        """Raises Stopped, with the last lines of its log, if a process keeps ending."""
        self.poll()
        for name, times in self.crashes.items():
            if times >= CRASHES_ENOUGH:
                raise Stopped(
                    ExitCode.PROCESS_KEEPS_DYING,
                    vi=f"Tiến trình {name} cứ khởi động rồi lại tắt ({times} lần). Những dòng nhật ký cuối:",
                    en=f"The process {name} keeps ending ({times} times). The last lines of its log:",
                    detail=f"{endings(self.supervisor.plan.site, name)}\n{last_lines(self.supervisor.plan.site, name)}",
                )


def wait_until_ready(watch: CrashWatch, programs: Sequence[Program], ready: Callable[[str], None]) -> None:
    """Until each of them serves, and a service has lived long enough to be trusted; `ready` is called with each name once.

    Raises:
        Stopped: one keeps ending, or they are not all there in time.
    """
    plan = watch.supervisor.plan
    waiting = list(programs)
    deadline = time.monotonic() + READY_WITHIN
    while waiting:
        young = {process.name for process in watch.supervisor.statuses() if process.state != "running"}
        old_enough = [program for program in waiting if not (program.part.module and program.name in young)]
        arrived = [program for program in old_enough if is_ready(plan, program)]
        waiting = [program for program in waiting if program not in arrived]
        for program in arrived:
            ready(program.name)
            if is_behind(program):
                say(
                    f"{program.name} chưa ghi gì: cơ sở dữ liệu của nó cũ hơn Kafka. Hãy gọi: {BEHIND} <dịch vụ>",
                    f"{program.name} writes nothing: its database is behind Kafka. Call: {BEHIND} <service>",
                )
        watch.check()
        if waiting and time.monotonic() > deadline:
            raise _too_late(plan, waiting)
        if waiting:
            time.sleep(INTERVAL)


def is_ready(plan: Plan, program: Program) -> bool:
    """Whether it serves: a service says so itself, a server is asked in its own protocol."""
    match program.part.name:
        case "postgres":
            return plan.postgres.answers()
        case "kafka":
            return plan.kafka.answers()
        case "caddy":
            return answers(plan.state.port)
    return program.socket is None or _health(program, program.socket)[0] or is_behind(program)


def is_behind(program: Program) -> bool:
    """It serves its pages, and waits for an operator, who needs it and all others to run."""
    return program.socket is not None and BEHIND in _health(program, program.socket)[1]


def last_lines(site: Site, name: str) -> str:
    """What it said last; of a Java program the sentences, and not the many lines of where in its code."""
    return "\n".join([line for line in _lines(site, name) if not line.startswith("\tat ")][-LAST_LINES:])


def endings(site: Site, name: str) -> str:
    """How it ended the last times, in the supervisor's words: by which signal or with which status. Some die without a word."""
    return "\n".join([line for line in _lines(site, "supervisord") if f"exited: {name} " in line][-CRASHES_ENOUGH:])


def _lines(site: Site, name: str) -> list[str]:
    log = site.logs / f"{name}.log"
    return log.read_text(errors="replace").splitlines() if log.exists() else []


def _health(program: Program, socket: Path) -> tuple[bool, str]:
    if not accepts(socket):
        return False, "-"
    try:
        with http.over_socket(socket) as client:
            response = client.get(program.part.health)
    except http.Unreachable as error:
        return False, str(error)
    return response.is_success, response.text[:300]


def _too_late(plan: Plan, waiting: Sequence[Program]) -> Stopped:
    names = ", ".join(program.name for program in waiting)
    health = {program.name: _health(program, program.socket)[1] for program in waiting if program.socket}
    details = [f"{name}: {answer}\n{last_lines(plan.site, name)}" for name, answer in health.items()]
    return Stopped(
        ExitCode.NOT_READY_IN_TIME,
        vi=f"Sau {READY_WITHIN:g} giây vẫn chưa sẵn sàng: {names}.",
        en=f"Not ready after {READY_WITHIN:g} seconds: {names}.",
        detail="\n".join(details),
    )
