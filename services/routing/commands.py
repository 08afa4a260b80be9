"""The commands on a case, whether they come from a program or from a page: locked, checked, decided, saved, told."""

from collections.abc import Awaitable, Callable

from pydantic import BaseModel

from chassis.process import Process
from contracts.directory import StaffV1
from contracts.values import Identifier, LongText, Outcome, Role, Text
from messaging import copies
from messaging.commands import Answer, CommandKey, UnitOfWork
from messaging.handler_table import Decision
from services.routing.access import actor_in
from services.routing.domain.case import Actor, Case, Ruling
from services.routing.domain.history import Person
from services.routing.domain.refusals import CaseUnknown
from services.routing.handlers import Assignee, assign, decide
from services.routing.repository.cases import CASE_STORE
from web import correlation
from web.conditional import require_current
from web.principal import Principal


class Deciding(BaseModel):
    """`result_number` only for a grant, `reason` owed for a decline."""

    outcome: Outcome
    result_number: Text | None = None
    reason: LongText | None = None


class Assigning(BaseModel):
    """`officer` is a staff id; an officer takes a case by naming themselves."""

    officer: Identifier


Handler = Callable[[UnitOfWork, Case, Actor], Awaitable[Decision[Case]]]


async def run_decide(process: Process, person: Principal, key: str, case: str, seen: int, given: Deciding) -> Answer:
    ruling = Ruling(given.outcome, given.result_number, given.reason)

    async def handler(unit: UnitOfWork, found: Case, by: Actor) -> Decision[Case]:
        return decide(found, ruling, by, unit.now)

    return await _run(process, person, CommandKey.of(key, person.staff_id, f"decide {case}", _body(given)), case, seen, handler)


async def run_assign(process: Process, person: Principal, key: str, case: str, seen: int, given: Assigning) -> Answer:
    async def handler(unit: UnitOfWork, found: Case, by: Actor) -> Decision[Case]:
        return assign(found, await _assignee(unit, given.officer, found.competent_unit.id), by, unit.now)

    return await _run(process, person, CommandKey.of(key, person.staff_id, f"assign {case}", _body(given)), case, seen, handler)


async def _run(process: Process, person: Principal, key: CommandKey, case: str, seen: int, handler: Handler) -> Answer:
    async def work(unit: UnitOfWork) -> Answer:
        found = (await CASE_STORE.load(unit.connection, [case])).get(case)
        if found is None:
            raise CaseUnknown
        by = actor_in(person, found.competent_unit.id)
        require_current(seen, found.version)
        after = await unit.record_events(await handler(unit, found, by))
        await CASE_STORE.save(unit.connection, [after])
        return Answer({"id": after.id, "version": after.version, "state": after.state})

    return await process.commands.run(key, work, correlation=correlation.request_id.get() or None)


async def _assignee(unit: UnitOfWork, officer: str, of_unit: str) -> Assignee:
    staff = await copies.one(unit.connection, StaffV1, officer)
    if staff is None:
        return Assignee(Person(officer, officer), officer_here=False)
    posts = [post for post in staff.posts if post.unit == of_unit and post.role is Role.OFFICER]
    return Assignee(Person(staff.id, staff.name), officer_here=staff.active and bool(posts))


def _body(given: BaseModel) -> bytes:
    return given.model_dump_json().encode()
