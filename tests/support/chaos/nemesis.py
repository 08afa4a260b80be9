"""Carries out the faults of a plan on an installation, each at its time, and makes it whole again. It decides nothing.

Processes are signalled by their number as the supervisor knows it; PostgreSQL is ended with all its children, as by a power cut.
"""

import asyncio
import contextlib
import shutil
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

import psutil  # type: ignore[import-untyped]  # it ships no types

from deploy.local import front_door
from deploy.local.supervision import Supervisor, runs
from tests.support.chaos.cluster import ProxiedPlan, broker_name
from tests.support.chaos.fault_plan import ON_A_LINK, FaultKind, PlannedFault
from tests.support.chaos.follower import Follower
from tests.support.chaos.foreign import ForeignProducer
from tests.support.chaos.proxy import FaultProxy, LinkFault
from tests.support.chaos.recreation import recreate
from tests.support.chaos.replicas import all_in_sync

BACK_WITHIN = 120.0


@dataclass(frozen=True, kw_only=True)
class Suffered:
    """A fault as it was: from when to when, in seconds since the run began."""

    fault: PlannedFault
    began: float
    ended: float


@dataclass(kw_only=True)
class Nemesis:
    """`links` by what is behind them: `postgres`, `kafka`, `kafka-2` ... `lull`: within it nothing is asked for and nothing under
    way but what it says. `began`: the run's, on the monotonic clock.
    """

    plan: ProxiedPlan
    links: dict[str, FaultProxy]
    foreign: ForeignProducer
    follower: Follower
    lull: Callable[[], AbstractAsyncContextManager[list[str]]]
    began: float
    say: Callable[[str], None]
    suffered: list[Suffered] = field(default_factory=list)
    _frozen: set[int] = field(default_factory=set)
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self, faults: Sequence[PlannedFault]) -> None:
        """All of them; what has begun ends even if this is cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                for fault in faults:
                    group.create_task(self._befall(fault))
        finally:
            self.heal()

    def heal(self) -> None:
        for link in self.links.values():
            link.heal()
        for pid in list(self._frozen):
            self._signal(pid, signal.SIGCONT)
        self._frozen.clear()

    async def _befall(self, fault: PlannedFault) -> None:
        await asyncio.sleep(max(0.0, self.began + fault.at - time.monotonic()))
        began = time.monotonic() - self.began
        self.say(str(fault))
        await self._deed(fault.kind)(fault)
        self.suffered.append(Suffered(fault=fault, began=began, ended=time.monotonic() - self.began))

    def _deed(self, kind: FaultKind) -> Callable[[PlannedFault], Awaitable[None]]:
        deeds = {
            **dict.fromkeys((FaultKind.KILL, FaultKind.KILL_BROKER, FaultKind.CRASH_POSTGRES), self._kill),
            **dict.fromkeys((FaultKind.FREEZE, FaultKind.FREEZE_BROKER, FaultKind.FREEZE_POSTGRES), self._freeze),
            **dict.fromkeys(ON_A_LINK, self._spoil_link),
            FaultKind.GARBAGE: self._write_garbage,
            FaultKind.ABORTED: self._abort,
            FaultKind.SCALE: self._scale,
            FaultKind.ROLL_BROKERS: self._roll_brokers,
            FaultKind.LOSE_BROKER: self._lose_broker,
            FaultKind.RECREATE_TOPIC: self._recreate_topic,
        }
        return deeds[kind]

    async def _write_garbage(self, fault: PlannedFault) -> None:
        if not await self.foreign.write_garbage(fault.target, int(fault.amount)):
            self.say("the brokers took none of the garbage")

    async def _abort(self, fault: PlannedFault) -> None:
        if not await self.foreign.abort(fault.target, int(fault.amount)):
            self.say("the brokers did not take the transaction")

    async def _kill(self, fault: PlannedFault) -> None:
        for pid in await asyncio.to_thread(self._tree, fault.target):
            self._signal(pid, signal.SIGKILL)

    async def _freeze(self, fault: PlannedFault) -> None:
        pids = set(await asyncio.to_thread(self._tree, fault.target))
        self._frozen |= pids
        for pid in pids:
            self._signal(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(fault.seconds)
        finally:
            for pid in pids:
                self._signal(pid, signal.SIGCONT)
            self._frozen -= pids

    async def _spoil_link(self, fault: PlannedFault) -> None:
        link = self.links[fault.target]
        if fault.kind is FaultKind.CUT:
            link.cut()
        faults = {
            FaultKind.DELAY: LinkFault(delay=fault.amount),
            FaultKind.CUT: LinkFault(cut_after=0),
            FaultKind.CUT_AFTER: LinkFault(cut_after=int(fault.amount)),
            FaultKind.BLACK_HOLE: LinkFault(swallow=True),
        }
        link.suffer(faults[fault.kind])
        try:
            await asyncio.sleep(fault.seconds)
        finally:
            link.heal()

    async def _scale(self, fault: PlannedFault) -> None:
        """One process fewer, or one more where there is only one, and back."""
        before = self.plan.state.counts.get(fault.target, 1)
        await asyncio.to_thread(self._set_count, fault.target, before - 1 or 2)
        try:
            await asyncio.sleep(fault.seconds)
        finally:
            await asyncio.to_thread(self._set_count, fault.target, before)

    def _set_count(self, service: str, count: int) -> None:
        self.plan.state.counts |= {service: count}
        with contextlib.suppress(subprocess.CalledProcessError):  # a Caddy that is away reads what was written when it is back
            front_door.reload(self.plan)
        Supervisor(self.plan).apply()

    async def _roll_brokers(self, _: PlannedFault) -> None:
        """Each in turn ends in order and comes back, and the next waits until it has."""
        async with self._one_at_a_time:
            for broker in self.plan.brokers:
                await self._restart(broker_name(broker.node), lambda: None)

    async def _lose_broker(self, fault: PlannedFault) -> None:
        """With its data. The others have all of it: nobody promises more than that."""
        broker = self.plan.broker(fault.target)

        def lose() -> None:
            shutil.rmtree(broker.folder)
            time.sleep(fault.seconds)
            broker.initialise()

        async with self._one_at_a_time:
            if await all_in_sync(self.plan.direct_bootstrap, len(self.plan.brokers)):
                await self._restart(fault.target, lose)
            else:
                self.say(f"{fault.target} keeps its data: not all copies are up to date")

    async def _recreate_topic(self, fault: PlannedFault) -> None:
        """While its readers are down and have read all of it; when they come back, it has been filled again for a while."""
        async with self._one_at_a_time:
            readers = await asyncio.to_thread(self.follower.readers, fault.target)
            names = [program.name for program in self.plan.programs() if program.part.name in readers]
            supervisor = Supervisor(self.plan)
            async with self.lull() as under_way:
                if under_way:
                    self.say(f"{fault.target} is left as it is: {'; '.join(under_way)}")
                    return
                await asyncio.to_thread(supervisor.stop_processes, names)
                await recreate(self.plan.direct_bootstrap, fault.target, self.plan.layout.replication)
                await self.follower.begin_again(fault.target)
            try:
                await asyncio.sleep(fault.seconds)
            finally:
                await asyncio.to_thread(supervisor.start_processes, names)

    async def _restart(self, name: str, meanwhile: Callable[[], None]) -> None:
        def restart() -> None:
            supervisor = Supervisor(self.plan)
            supervisor.stop_processes([name])
            meanwhile()
            supervisor.start_processes([name])
            deadline = time.monotonic() + BACK_WITHIN
            while not self.plan.broker(name).answers() and time.monotonic() < deadline:
                time.sleep(0.2)

        await asyncio.to_thread(restart)

    def _tree(self, name: str) -> list[int]:
        """The process and its children; nothing if it does not run."""
        pids = [status.pid for status in Supervisor(self.plan).statuses() if status.name == name and status.pid]
        return [pid for parent in pids if runs(parent) for pid in self._with_children(parent)]

    def _with_children(self, pid: int) -> Iterator[int]:
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            yield pid
            yield from (child.pid for child in process.children(recursive=True))

    def _signal(self, pid: int, number: signal.Signals) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            psutil.Process(pid).send_signal(number)
