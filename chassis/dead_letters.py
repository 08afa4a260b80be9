"""An operator's way to the dead letters of a service: list, show, try again, or let go with a reason that is kept."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from starlette.requests import Request

from contracts.values import LongText, Role
from messaging import dead_letters
from messaging.commands import Answer, CommandKey, Commands, UnitOfWork
from messaging.dead_letters import DeadLetter
from web.idempotency import IdempotencyKey
from web.principal import Principal
from web.signin import requires

Operator = Annotated[Principal, Depends(requires(Role.OPERATOR))]


class Skip(BaseModel):
    """Why a dead letter is let go; it is kept with who did it."""

    why: LongText


class ParkedCount(BaseModel):
    count: int
    oldest: datetime


class DeadLetters(BaseModel):
    """`parked`: how many events stand in the parking lot, by state; it goes by its first name in the JSON."""

    dead_letters: list[DeadLetter]
    parked: dict[str, ParkedCount] = Field(serialization_alias="waiting_room")


class ParkedEvent(BaseModel):
    """All that is known of one event in the parking lot. `key` and `value` as text, as far as they can be read."""

    id: int
    source: str
    subject: str
    sequence: int
    presumed: int
    state: str
    reason: str
    waits_topic: str | None
    waits_id: str | None
    waits_version: int | None
    topic: str
    partition: int
    offset: int
    key: str | None
    value: str | None
    headers: list[list[str]]
    since: datetime


class LetterState(BaseModel):
    id: int
    state: str


def dead_letters_router(service: str) -> APIRouter:
    router = APIRouter(prefix=f"/api/{service}/dead-letters", tags=["operations"])
    router.add_api_route("", _list, methods=["GET"])
    router.add_api_route("/{letter}", _show, methods=["GET"])
    router.add_api_route("/{letter}/retry", _retry, methods=["POST"])
    router.add_api_route("/{letter}/skip", _skip, methods=["POST"])
    return router


async def _list(request: Request, _: Operator) -> DeadLetters:
    async with request.app.state.process.database.connect() as connection:
        letters = await dead_letters.dead(connection)
        counts = await dead_letters.counts(connection)
    parked = {state: ParkedCount(count=number, oldest=oldest) for state, (number, oldest) in counts.items()}
    return DeadLetters(dead_letters=letters, parked=parked)


async def _show(request: Request, letter: int, _: Operator) -> ParkedEvent:
    async with request.app.state.process.database.connect() as connection:
        return ParkedEvent.model_validate(await dead_letters.show(connection, letter))


async def _retry(request: Request, letter: int, operator: Operator, key: IdempotencyKey) -> LetterState:
    async def work(unit: UnitOfWork) -> Answer:
        await dead_letters.retry(unit.connection, letter)
        return Answer({"id": letter, "state": "ready"})

    command = CommandKey.of(key, operator.staff_id, f"retry {letter}", b"")
    return await _run(request, command, work)


async def _skip(request: Request, letter: int, skip: Skip, operator: Operator, key: IdempotencyKey) -> LetterState:
    async def work(unit: UnitOfWork) -> Answer:
        await dead_letters.skip(unit.connection, letter, actor=operator.staff_id, why=skip.why, now=unit.now)
        return Answer({"id": letter, "state": "skipped"})

    command = CommandKey.of(key, operator.staff_id, f"skip {letter}", skip.why)
    return await _run(request, command, work)


async def _run(request: Request, command: CommandKey, work: Callable[[UnitOfWork], Awaitable[Answer]]) -> LetterState:
    commands: Commands = request.app.state.process.commands
    answer: dict[str, Any] = (await commands.run(command, work)).body
    return LetterState.model_validate(answer)
