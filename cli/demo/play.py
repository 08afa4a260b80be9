"""Plays the script: clerks receive, leaders sign, citizens collect, the post carries. A few at a time, as counters do."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any, Final

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.console import err, inline
from cli.demo.cast import Cast, cast
from cli.demo.desk import Desk
from cli.demo.people import applicant
from cli.demo.script import POST_OFFICE, Door, Guided, HandIn, Visit, script
from cli.session import Session
from contracts.values import PortalStatus

AT_ONCE: Final = 12


async def play(session: Session, scale: int) -> list[Visit]:
    """Everything in the script, to its end; the visits that were played."""
    visits = script(scale)
    async with cast(session) as people:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=err) as progress:
            task = progress.add_task(inline("Lượt", "visits"), total=len(visits))
            await _a_few_at_a_time(
                [lambda v=visit, n=number: _visit(people, v, n) for number, visit in enumerate(visits)],  # type: ignore[misc]
                lambda: progress.advance(task),
            )
    return visits


async def _a_few_at_a_time(work: list[Callable[[], Awaitable[None]]], done: Callable[[], None]) -> None:
    waiting = iter(work)

    async def worker() -> None:
        for task in waiting:
            await task()
            done()

    try:
        async with asyncio.TaskGroup() as workers:
            for _ in range(AT_ONCE):
                workers.create_task(worker())
    except ExceptionGroup as several:
        raise several.exceptions[0] from several


async def _visit(cast: Cast, visit: Visit, number: int) -> None:
    if isinstance(visit, Guided):
        body = {"unit": visit.unit, "kind": visit.kind, "procedure": visit.procedure}
        await cast.clerks[visit.unit].post("/api/intake/guidance", body)
        return
    dossier = await _hand_in(cast, visit, random.Random(f"{visit}{number}"))  # noqa: S311 -- the same made-up people in every run
    if visit.supplemented:
        await _supplement(cast, visit, dossier)
    if visit.decided:
        await _decide(cast, cast.clerks[visit.unit], dossier)
    if visit.collected:
        await _collect(cast, visit, dossier)


async def _hand_in(cast: Cast, visit: HandIn, chance: random.Random) -> str:
    """The id of the accepted dossier."""
    person, clerk = applicant(chance), cast.clerks[visit.unit]
    body: dict[str, Any] = {"unit": visit.unit, "procedure": visit.procedure, "applicant": person}
    if visit.door is Door.POST:
        return await _by_post(cast, visit, person)
    if visit.door is Door.ONLINE:
        # Signed in: who is not may hand in so many a day from one address, and the demo plays a whole province from one.
        submission = await clerk.post("/api/intake/submissions", body | {"papers": cast.codes(visit.procedure)})
        return await _accept(cast, clerk, str(submission["id"]), visit.procedure)
    if visit.incomplete_at_first:
        return await _handed_back_first(cast, clerk, visit, body)
    received = await clerk.post("/api/intake/dossiers", body | {"papers": cast.codes(visit.procedure)})
    return str(received["id"])


async def _handed_back_first(cast: Cast, clerk: Desk, visit: HandIn, body: dict[str, Any]) -> str:
    """Form 02 names everything that is missing, once; the man comes back complete."""
    *brought, missing = cast.papers(visit.procedure)
    received = await clerk.post("/api/intake/dossiers", body | {"papers": [paper["code"] for paper in brought], "accept": False})
    path = f"/api/intake/dossiers/{received['id']}"
    await clerk.change(path, "return", {"missing": [{"code": missing["code"], "reason": "Chưa có bản có công chứng"}]})
    await clerk.change(path, "resubmit", {"papers": cast.codes(visit.procedure)})
    return await _accept(cast, clerk, str(received["id"]), visit.procedure)


async def _accept(cast: Cast, clerk: Desk, dossier: str, procedure: str) -> str:
    await clerk.change(f"/api/intake/dossiers/{dossier}", "accept", {"papers": cast.codes(procedure)})
    return dossier


async def _by_post(cast: Cast, visit: HandIn, person: dict[str, str]) -> str:
    """The post collects and says so by an event; the clerk finds the dossier among the unit's submissions and accepts it."""
    collected = await cast.public.post(
        "/post/collections",
        {
            "unit": visit.unit,
            "postal_unit": POST_OFFICE,
            "procedure": visit.procedure,
            "papers": cast.papers(visit.procedure),
            "hand_over": "post",
            "applicant": person,
        },
    )
    clerk = cast.clerks[visit.unit]
    dossier = await clerk.first("/api/intake/dossiers", "dossiers", unit=visit.unit, q=str(collected["collection"]))
    return await _accept(cast, clerk, str(dossier["id"]), visit.procedure)


async def _supplement(cast: Cast, visit: HandIn, dossier: str) -> None:
    """The leader asks for a paper once more, signed; the clock stands still until it has come."""
    clerk, path, paper = cast.clerks[visit.unit], f"/api/intake/dossiers/{dossier}", cast.codes(visit.procedure)[0]
    accepted = await clerk.get(path)
    leader = cast.leaders[accepted["competent_unit"]["id"]]
    asked = {"missing": [{"code": paper, "reason": "unsigned"}]}
    await leader.change(f"/api/routing/cases/{dossier}", "supplement", asked)
    await clerk.until(path, "status", PortalStatus.SUPPLEMENT_OWED)
    await clerk.change(path, "hand-in", {"papers": [paper], "through": "post"})
    await clerk.until(path, "status", PortalStatus.IN_PROCESS)


async def _decide(cast: Cast, clerk: Desk, dossier: str) -> None:
    """The leader of the competent unit decides; where the procedure wants a signature, signs what the officer drafted."""
    accepted = await clerk.get(f"/api/intake/dossiers/{dossier}")
    leader, path = cast.leaders[accepted["competent_unit"]["id"]], f"/api/routing/cases/{dossier}"
    case = await leader.get(path)
    if not case["signed_by_leader"]:
        await leader.change(path, "decide", {"outcome": "granted", "result_number": f"{dossier[2:8]}/KQ"})
        return
    await cast.officers[case["officer"]].change(path, "submit", {"outcome": "granted"})
    await leader.change(path, "sign", {})


async def _collect(cast: Cast, visit: HandIn, dossier: str) -> None:
    """At the counter by the applicant; a result that goes by post arrives without anybody here doing a thing."""
    clerk, path = cast.clerks[visit.unit], f"/api/intake/dossiers/{dossier}"
    await clerk.until(path, "status", PortalStatus.DECIDED, PortalStatus.HANDED_OVER)
    if visit.door is Door.POST:
        await clerk.until(path, "status", PortalStatus.HANDED_OVER)
    else:
        await clerk.change(path, "hand-over", {})
