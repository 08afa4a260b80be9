"""The one command of reporting, effectively once by its Idempotency-Key: request a replay."""

from http import HTTPStatus

from chassis.process import Process
from messaging.commands import Answer, CommandKey, UnitOfWork
from services.reporting.repository import replay
from services.reporting.schemas import RequestedReplay
from web.principal import Principal


async def request_replay(process: Process, operator: Principal, key: str) -> RequestedReplay:
    """Raises ReplayUnderWay."""

    async def work(unit: UnitOfWork) -> Answer:
        requested = RequestedReplay(id=await replay.request(unit.connection, operator.staff_id, unit.now))
        return Answer(requested.model_dump(), HTTPStatus.ACCEPTED)

    answer = await process.commands.run(CommandKey.of(key, operator.staff_id, "replay", b""), work)
    return RequestedReplay.model_validate(answer.body)
