"""The one command of reporting, effectively once by its Idempotency-Key: request a replay."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Final

from chassis.process import Process
from contracts.values import Role
from messaging.command_table import Answer, Command, CommandEntry, CommandKey, CommandTable, Load, NotLoaded, UnitOfWork
from services.reporting.domain.replay import ReplayUnderWay
from services.reporting.repository.replay import NEXT, REPLAYS
from services.reporting.schemas import RequestedReplay
from web.principal import Forbidden, Principal


@dataclass(frozen=True, slots=True)
class RequestReplay:
    pass


async def request_replay(process: Process, operator: Principal, key: str) -> RequestedReplay:
    """Raises ReplayUnderWay."""
    command = Command(body=RequestReplay(), by=operator, key=CommandKey.of(key, operator.staff_id, "replay", b""))
    return RequestedReplay.model_validate((await process.commands.run(command)).body)


def _request(command: Command[RequestReplay], work: UnitOfWork) -> Answer:
    following = work.get(REPLAYS, NEXT)
    if following is None:
        raise NotLoaded(NEXT)
    if following.under_way:
        raise ReplayUnderWay
    work.save(REPLAYS, replace(following, under_way=True, requested_by=command.by.staff_id, requested_at=work.now))
    return Answer(RequestedReplay(id=following.number).model_dump(), HTTPStatus.ACCEPTED)


def _operator(command: Command[RequestReplay], _: UnitOfWork) -> None:
    if not command.by.has(Role.OPERATOR):
        raise Forbidden((Role.OPERATOR,))


def _next(_: Command[RequestReplay], __: UnitOfWork) -> Iterable[str]:
    yield NEXT


COMMANDS: Final = CommandTable(
    order=(REPLAYS,),
    entries=(CommandEntry(body=RequestReplay, handler=_request, may=_operator, loads=(Load(REPLAYS, _next),)),),
)
