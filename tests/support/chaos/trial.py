"""One run from the start of an installation to the verdict: clients at work, faults by seed, rest, check."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from bench.lifecycle.cast import Cast, desks_by_post, sign_in, with_online
from cli.session import Session
from contracts.services import SERVICES
from tests.support.chaos.checker import check
from tests.support.chaos.clients import Crowd
from tests.support.chaos.cluster import ProxiedPlan, broker_name
from tests.support.chaos.fault_plan import Scope, draw
from tests.support.chaos.finding import Fault, Finding
from tests.support.chaos.follower import FACTS, Follower
from tests.support.chaos.foreign import ForeignProducer
from tests.support.chaos.history import History, State
from tests.support.chaos.inspection import Inspection
from tests.support.chaos.installation import installation
from tests.support.chaos.nemesis import Nemesis, Suffered
from tests.support.chaos.proxy import FaultProxy
from tests.support.chaos.settings import Settings

REST_WITHIN: Final = 420.0
LULL_WITHIN: Final = 60.0
ONLINE: Final = 0.25


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`recovery`: of each bout of faults, seconds from its end until a life that began afterwards was decided."""

    history: History
    suffered: Sequence[Suffered]
    findings: Sequence[Finding]
    recovery: Sequence[float]
    mails: int
    mails_again: int

    @property
    def found(self) -> bool:
        return bool(self.findings)

    def lines(self) -> list[str]:
        by_kind = Counter(suffered.fault.kind.value for suffered in self.suffered)
        by_fault = Counter(finding.fault for finding in self.findings)
        rows = {
            "acknowledged": self.history.count(State.ACKNOWLEDGED),
            "unknown": self.history.count(State.UNKNOWN),
            "refused": self.history.count(State.REFUSED),
            "faults": sum(by_kind.values()),
            **{f"  {kind}": number for kind, number in sorted(by_kind.items())},
            "mails": self.mails,
            "mails again under their Message-ID": self.mails_again,
            **{fault.value: by_fault[fault] for fault in Fault},
            "longest recovery": f"{max(self.recovery, default=0.0):.1f} s",
        }
        return [f"{name:<36} {value}" for name, value in rows.items()]


async def run(settings: Settings, say: Callable[[str], None]) -> Verdict:
    """Raises Stopped when the installation does not start; whatever happens, nothing of it runs on."""
    settings.kept.mkdir(parents=True, exist_ok=True)
    async with installation(settings, say) as (plan, links):
        session = Session(plan.site.data)
        cast = with_online(await asyncio.to_thread(sign_in, session), ONLINE)
        return await _under_faults(settings, plan, links, session, cast, say)


async def _under_faults(
    settings: Settings, plan: ProxiedPlan, links: dict[str, FaultProxy], session: Session, cast: Cast, say: Callable[[str], None]
) -> Verdict:
    history, began = History(settings.kept / "history.jsonl"), time.monotonic()
    crowd = Crowd(base_url=session.base_url, cast=cast, by_post=desks_by_post(), history=history, began=began)
    async with _follower(plan) as follower:
        nemesis = Nemesis(
            plan=plan,
            links=links,
            foreign=ForeignProducer(plan.direct_bootstrap, settings.seed),
            follower=follower,
            lull=partial(_lull, crowd, follower),
            began=began,
            say=say,
        )
        work = asyncio.create_task(crowd.work(settings.clients, settings.seed))
        try:
            await _until_over(settings, nemesis, plan, began, work)
            crowd.ending.set()
            say("everything is whole again; waiting for what is under way")
            await work
        finally:
            work.cancel()
            nemesis.heal()
        inspection = Inspection(session, cast, follower)
        findings = await _at_rest(follower, inspection, history, settings.kept)
    history.close()
    mails, different = await asyncio.to_thread(inspection.mail_counts)
    return Verdict(
        history=history,
        suffered=nemesis.suffered,
        findings=findings,
        recovery=recovery(nemesis.suffered, crowd.lives),
        mails=different,
        mails_again=mails - different,
    )


@asynccontextmanager
async def _follower(plan: ProxiedPlan) -> AsyncIterator[Follower]:
    follower = Follower(plan.direct_bootstrap, plan.direct_database_urls().values())
    await follower.start()
    try:
        yield follower
    finally:
        await follower.stop()


@asynccontextmanager
async def _lull(crowd: Crowd, follower: Follower) -> AsyncIterator[list[str]]:
    crowd.open.clear()
    try:
        yield await follower.rest(LULL_WITHIN)
    finally:
        crowd.open.set()


async def _until_over(settings: Settings, nemesis: Nemesis, plan: ProxiedPlan, began: float, work: "asyncio.Task[None]") -> None:
    """The faults, and the calm behind the last; a client that fails ends it at once, by its own error."""
    faults = asyncio.create_task(nemesis.run(draw(settings.seed, settings.seconds, scope(settings, plan))))
    await asyncio.wait((faults, work), return_when=asyncio.FIRST_COMPLETED)
    if work.done():
        faults.cancel()
        await asyncio.gather(faults, return_exceptions=True)
        await work
    await faults
    await asyncio.wait((work,), timeout=max(0.0, began + settings.seconds - time.monotonic()))


def scope(settings: Settings, plan: ProxiedPlan) -> Scope:
    programs = [program for program in plan.programs() if program.part.module or program.part.name == "caddy"]
    return Scope(
        processes=[program.name for program in programs],
        brokers=[broker_name(broker.node) for broker in plan.brokers],
        services=SERVICES,
        topics=FACTS,
        kinds=settings.kinds_drawn(),
        longest=settings.longest,
    )


async def _at_rest(follower: Follower, inspection: Inspection, history: History, kept: Path) -> list[Finding]:
    under_way = await follower.rest(REST_WITHIN)
    evidence = await asyncio.to_thread(inspection.read)
    (kept / "evidence.json").write_text(evidence.as_json(), encoding="utf-8")
    stuck = [Finding(Fault.STUCK, sentence.partition(":")[0], sentence) for sentence in under_way]
    return stuck + check(history, evidence)


def recovery(suffered: Sequence[Suffered], lives: Sequence[tuple[float, float]]) -> list[float]:
    """Per bout (faults that overlap are one), from its end until the first life that began later was decided."""
    ends: list[tuple[float, float]] = []
    for fault in sorted(suffered, key=lambda fault: fault.began):
        if ends and fault.began <= ends[-1][1] + 3:
            ends[-1] = (ends[-1][0], max(ends[-1][1], fault.ended))
        else:
            ends.append((fault.began, fault.ended))
    seconds = []
    for _, end in ends:
        decided = [ended for began, ended in lives if began >= end]
        seconds += [min(decided) - end] if decided else []
    return seconds
