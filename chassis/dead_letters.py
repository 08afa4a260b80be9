"""An operator's way to the events that hold something up: list, show, try again, let go, or wait no more for what should come
before; the last two with a reason that is kept.
"""

from datetime import datetime
from typing import Annotated, Any, Final, Literal, NamedTuple

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field
from starlette.requests import Request

from chassis.dead_letter_commands import RetryLetter, RetryLetters, SkipLetter, SkipToLetter
from contracts.given import GivenLongText, GivenText
from contracts.values import Role
from messaging import dead_letters
from messaging.command_table import Command, CommandKey
from messaging.commands import Commands
from messaging.dead_letters import DeadLetter
from web.idempotency import IdempotencyKey
from web.paging import After, Cursor
from web.principal import Principal
from web.signin import requires

Operator = Annotated[Principal, Depends(requires(Role.OPERATOR))]
LetterNumber = Annotated[int, Path(ge=0, le=2**63 - 1)]


MOST: Final = 500
_AT_ONCE: Final = 200
"""Commands that share a transaction wait for one another: so many letters, and not all of them."""
HeldState = Literal["dead", "early", "waiting", "newer"]


class LetterKey(NamedTuple):
    id: int


LETTERS_BY_ID: Final = Cursor("dead-letters-by-id", LetterKey)


class Skip(BaseModel):
    """Why an event is let go, or waits no more; it is kept with who did it."""

    why: GivenLongText


class RetryMany(BaseModel):
    """Those in whose reason these words stand: what was at fault with all of them has been mended."""

    reason: GivenText
    after: GivenText | None = Field(default=None, description="The `next` of the answer before.")


class Retried(BaseModel):
    """How many are tried again, and behind which to go on; None when these were the last."""

    retried: int
    next: str | None


class ParkedCount(BaseModel):
    count: int
    oldest: datetime


class DeadLetters(BaseModel):
    """`parked`: how many events stand in the parking lot, by state; it goes by its first name in the JSON. `dead_letters`: those
    in the state that was asked for.
    """

    dead_letters: list[DeadLetter]
    next: str | None = None
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
    router.add_api_route("/retry", _retry_many, methods=["POST"])
    router.add_api_route("/{letter:int}", _show, methods=["GET"])
    router.add_api_route("/{letter:int}/retry", _retry, methods=["POST"])
    router.add_api_route("/{letter:int}/skip", _skip, methods=["POST"])
    router.add_api_route("/{letter:int}/skip-to", _skip_to, methods=["POST"])
    return router


async def _list(
    request: Request,
    _: Operator,
    state: HeldState = "dead",
    after: After = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
) -> DeadLetters:
    key = LETTERS_BY_ID.decode(after) or LetterKey(0)
    async with request.app.state.process.reads.connect() as connection:
        letters = await dead_letters.listed(connection, state, after=key.id, most=limit + 1)
        counts = await dead_letters.counts(connection)
    parked = {name: ParkedCount(count=number, oldest=oldest) for name, (number, oldest) in counts.items()}
    page = LETTERS_BY_ID.page(letters, limit, lambda letter: LetterKey(letter.id))
    return DeadLetters(dead_letters=list(page.rows), next=page.next, parked=parked)


async def _show(request: Request, letter: LetterNumber, _: Operator) -> ParkedEvent:
    async with request.app.state.process.reads.connect() as connection:
        return ParkedEvent.model_validate(await dead_letters.show(connection, letter))


async def _retry(request: Request, letter: LetterNumber, operator: Operator, key: IdempotencyKey) -> LetterState:
    command = CommandKey.of(key, operator.staff_id, f"retry {letter}", b"")
    return LetterState.model_validate(await _run(request, Command(body=RetryLetter(letter), by=operator, key=command)))


async def _retry_many(request: Request, many: RetryMany, operator: Operator, key: IdempotencyKey) -> Retried:
    """The oldest of them, a few hundred at once; `next` leads on."""
    behind = LETTERS_BY_ID.decode(many.after) or LetterKey(0)
    async with request.app.state.process.reads.connect() as connection:
        letters = await dead_letters.died_of(connection, many.reason, after=behind.id, most=_AT_ONCE + 1)
    page = LETTERS_BY_ID.page([LetterKey(letter) for letter in letters], _AT_ONCE, lambda letter: letter)
    body = RetryLetters(tuple(letter.id for letter in page.rows), page.next)
    command = CommandKey.of(key, operator.staff_id, f"retry-many {many.after}", many.reason)
    return Retried.model_validate(await _run(request, Command(body=body, by=operator, key=command)))


async def _skip(request: Request, letter: LetterNumber, skip: Skip, operator: Operator, key: IdempotencyKey) -> LetterState:
    command = CommandKey.of(key, operator.staff_id, f"skip {letter}", skip.why)
    body = SkipLetter(letter, skip.why)
    return LetterState.model_validate(await _run(request, Command(body=body, by=operator, key=command)))


async def _skip_to(request: Request, letter: LetterNumber, skip: Skip, operator: Operator, key: IdempotencyKey) -> LetterState:
    command = CommandKey.of(key, operator.staff_id, f"skip-to {letter}", skip.why)
    body = SkipToLetter(letter, skip.why)
    return LetterState.model_validate(await _run(request, Command(body=body, by=operator, key=command)))


async def _run(request: Request, command: Command[Any]) -> dict[str, Any]:
    commands: Commands = request.app.state.process.commands
    return (await commands.run(command)).body
