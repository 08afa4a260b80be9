"""Waiting until processes are ready to serve, and noticing the one that never will be."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from cli import http
from deploy.local.outcome import ExitCode, Stopped
from deploy.local.ports import accepts, answers
from deploy.local.site import Site
from deploy.local.supervision import Status, Supervisor
from deploy.local.topology import Plan, Program

READY_WITHIN = 120.0
DEATHS_ENOUGH = 3
LAST_LINES = 15
INTERVAL = 0.1


class Watch:
    """Counts how often each process has ended since the watch began."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor
        self.deaths: Counter[str] = Counter()
        self._ended_at = {each.name: each.ended_at for each in supervisor.statuses()}

    def look(self) -> list[Status]:
        """Those that have ended since the last look."""
        ended = [each for each in self.supervisor.statuses() if each.ended_at != self._ended_at.get(each.name, 0)]
        self._ended_at |= {each.name: each.ended_at for each in ended}
        self.deaths.update(each.name for each in ended)
        return ended

    def refuse_dying(self) -> None:
        """Raises Stopped, with the last lines of its log, if a process keeps ending."""
        self.look()
        for name, times in self.deaths.items():
            if times >= DEATHS_ENOUGH:
                raise Stopped(
                    ExitCode.PROCESS_KEEPS_DYING,
                    vi=f"Tiến trình {name} cứ khởi động rồi lại tắt ({times} lần). Những dòng nhật ký cuối:",
                    en=f"The process {name} keeps ending ({times} times). The last lines of its log:",
                    detail=last_lines(self.supervisor.plan.site, name),
                )


def wait_until_ready(watch: Watch, programs: Sequence[Program], ready: Callable[[str], None]) -> None:
    """Until each of them serves, and a service has lived long enough to be trusted; `ready` is told each name once.

    Raises:
        Stopped: one keeps ending, or they are not all there in time.
    """
    plan = watch.supervisor.plan
    waiting = list(programs)
    deadline = time.monotonic() + READY_WITHIN
    while waiting:
        young = {each.name for each in watch.supervisor.statuses() if each.state != "running"}
        arrived = [each for each in waiting if not (each.part.module and each.name in young) and is_ready(plan, each)]
        waiting = [each for each in waiting if each not in arrived]
        for each in arrived:
            ready(each.name)
        watch.refuse_dying()
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
    return program.socket is None or _health(program, program.socket)[0]


def last_lines(site: Site, name: str) -> str:
    log = site.logs / f"{name}.log"
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-LAST_LINES:])


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
    names = ", ".join(each.name for each in waiting)
    health = {each.name: _health(each, each.socket)[1] for each in waiting if each.socket}
    details = [f"{name}: {said}\n{last_lines(plan.site, name)}" for name, said in health.items()]
    return Stopped(
        ExitCode.NOT_READY_IN_TIME,
        vi=f"Sau {READY_WITHIN:g} giây vẫn chưa sẵn sàng: {names}.",
        en=f"Not ready after {READY_WITHIN:g} seconds: {names}.",
        detail="\n".join(details),
    )
