"""An operator's way to the dead letters of a service: list, show, try again, or let go with a reason that is kept."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, Field
from starlette.requests import Request

from contracts.given import GivenLongText
from contracts.values import Role
from messaging import dead_letters
from messaging.command_table import Answer, Command, CommandEntry, CommandKey, CommandTable, Load, UnitOfWork
from messaging.commands import Commands
from messaging.dead_letters import LETTERS, DeadLetter, Letter, Retry, Skipped
from web.idempotency import IdempotencyKey
from web.principal import Forbidden, Principal
from web.signin import requires

Operator = Annotated[Principal, Depends(requires(Role.OPERATOR))]
LetterNumber = Annotated[int, Path(ge=0, le=2**63 - 1)]


class Skip(BaseModel):
    """Why a dead letter is let go; it is kept with who did it."""

    why: GivenLongText


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
    async with request.app.state.process.reads.connect() as connection:
        letters = await dead_letters.dead(connection)
        counts = await dead_letters.counts(connection)
    parked = {state: ParkedCount(count=number, oldest=oldest) for state, (number, oldest) in counts.items()}
    return DeadLetters(dead_letters=letters, parked=parked)


async def _show(request: Request, letter: LetterNumber, _: Operator) -> ParkedEvent:
    async with request.app.state.process.reads.connect() as connection:
        return ParkedEvent.model_validate(await dead_letters.show(connection, letter))


async def _retry(request: Request, letter: LetterNumber, operator: Operator, key: IdempotencyKey) -> LetterState:
    command = CommandKey.of(key, operator.staff_id, f"retry {letter}", b"")
    return await _run(request, Command(body=RetryLetter(letter), by=operator, key=command))


async def _skip(request: Request, letter: LetterNumber, skip: Skip, operator: Operator, key: IdempotencyKey) -> LetterState:
    command = CommandKey.of(key, operator.staff_id, f"skip {letter}", skip.why)
    return await _run(request, Command(body=SkipLetter(letter, skip.why), by=operator, key=command))


async def _run(request: Request, command: Command[Any]) -> LetterState:
    commands: Commands = request.app.state.process.commands
    return LetterState.model_validate((await commands.run(command)).body)


@dataclass(frozen=True, slots=True)
class RetryLetter:
    letter: int


@dataclass(frozen=True, slots=True)
class SkipLetter:
    letter: int
    why: str


def _retry_letter(command: Command[RetryLetter], work: UnitOfWork) -> Answer:
    letter = _dead_letter(command.body.letter, work)
    work.save(LETTERS, replace(letter, verdict=Retry()))
    return Answer({"id": letter.id, "state": "ready"})


def _skip_letter(command: Command[SkipLetter], work: UnitOfWork) -> Answer:
    letter = _dead_letter(command.body.letter, work)
    work.save(LETTERS, replace(letter, verdict=Skipped(actor=command.by.staff_id, why=command.body.why, at=work.now)))
    return Answer({"id": letter.id, "state": "skipped"})


def _dead_letter(number: int, work: UnitOfWork) -> Letter:
    letter = work.get(LETTERS, number)
    if letter is None or letter.verdict is not None:
        raise dead_letters.unknown(number)
    return letter


def _operator(command: Command[Any], _: UnitOfWork) -> None:
    if not command.by.has(Role.OPERATOR):
        raise Forbidden((Role.OPERATOR,))


def _letter(command: Command[RetryLetter] | Command[SkipLetter], _: UnitOfWork) -> Iterable[int]:
    yield command.body.letter


DEAD_LETTER_COMMANDS: Final = CommandTable(
    order=(LETTERS,),
    entries=(
        CommandEntry(body=RetryLetter, handler=_retry_letter, may=_operator, loads=(Load(LETTERS, _letter),)),
        CommandEntry(body=SkipLetter, handler=_skip_letter, may=_operator, loads=(Load(LETTERS, _letter),)),
    ),
)
