"""What an operator needs of every service: is it alive and ready, its metrics, its dead letters."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from starlette.requests import Request

from contracts.values import LongText, Role
from messaging import dead_letters
from messaging.commands import Answer, CommandKey, Commands, UnitOfWork
from web.idempotency import IdempotencyKey
from web.principal import Principal
from web.signin import requires

Operator = Annotated[Principal, Depends(requires(Role.OPERATOR))]


class Skip(BaseModel):
    """Why a dead letter is let go; it is kept with who did it."""

    why: LongText


def operations_router(service: str) -> APIRouter:
    router = APIRouter(prefix=f"/api/{service}", tags=["operations"])
    router.add_api_route("/health/live", _live, methods=["GET"])
    router.add_api_route("/health/ready", _ready, methods=["GET"])
    router.add_api_route("/metrics", _metrics, methods=["GET"], include_in_schema=False)
    router.add_api_route("/dead-letters", _list, methods=["GET"])
    router.add_api_route("/dead-letters/{letter}", _show, methods=["GET"])
    router.add_api_route("/dead-letters/{letter}/retry", _retry, methods=["POST"])
    router.add_api_route("/dead-letters/{letter}/skip", _skip, methods=["POST"])
    return router


async def _live() -> dict[str, str]:
    return {"status": "live"}


async def _ready(request: Request, response: Response) -> dict[str, Any]:
    """200 when the process makes progress, 503 with the reasons when it does not."""
    readiness = await request.app.state.process.messaging.readiness()
    if not readiness.ready:
        response.status_code = 503
    return {"ready": readiness.ready, "problems": list(readiness.problems)}


async def _metrics() -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def _list(request: Request, _: Operator) -> dict[str, Any]:
    async with request.app.state.process.database.connect() as connection:
        letters = await dead_letters.dead(connection)
        counts = await dead_letters.counts(connection)
    return {
        "dead_letters": [asdict(letter) for letter in letters],
        "waiting_room": {state: {"count": number, "oldest": oldest} for state, (number, oldest) in counts.items()},
    }


async def _show(request: Request, letter: int, _: Operator) -> dict[str, Any]:
    async with request.app.state.process.database.connect() as connection:
        return await dead_letters.show(connection, letter)


async def _retry(request: Request, letter: int, operator: Operator, key: IdempotencyKey) -> dict[str, Any]:
    async def work(unit: UnitOfWork) -> Answer:
        await dead_letters.retry(unit.connection, letter)
        return Answer({"id": letter, "state": "ready"})

    command = CommandKey.of(key, operator.staff_id, f"retry {letter}", b"")
    return await _run(request, command, work)


async def _skip(request: Request, letter: int, skip: Skip, operator: Operator, key: IdempotencyKey) -> dict[str, Any]:
    async def work(unit: UnitOfWork) -> Answer:
        await dead_letters.skip(unit.connection, letter, actor=operator.staff_id, why=skip.why, now=unit.now)
        return Answer({"id": letter, "state": "skipped"})

    command = CommandKey.of(key, operator.staff_id, f"skip {letter}", skip.why)
    return await _run(request, command, work)


async def _run(request: Request, command: CommandKey, work: Callable[[UnitOfWork], Awaitable[Answer]]) -> dict[str, Any]:
    commands: Commands = request.app.state.process.commands
    return (await commands.run(command, work)).body
