"""The one command that a person gives to notify, by API and by page alike: try a failed message again."""

from messaging.commands import Answer, CommandKey, Commands, UnitOfWork
from services.notify import handlers
from services.notify.access import require_retrying
from services.notify.domain.message import MessageUnknown
from services.notify.repository.messages import MESSAGES
from services.notify.schemas import RetriedMessage
from web.conditional import require_current
from web.principal import Principal


async def retry(commands: Commands, key: str, person: Principal, message_id: str, seen: int) -> RetriedMessage:
    """Raises MessageUnknown, Forbidden, StaleWrite or NotFailed."""

    async def work(unit: UnitOfWork) -> Answer:
        message = (await MESSAGES.load(unit.connection, [message_id])).get(message_id)
        if message is None:
            raise MessageUnknown
        require_retrying(person, message.unit)
        require_current(seen, message.version)
        retried = await unit.record_events(handlers.retry(message))
        await MESSAGES.save(unit.connection, [retried])
        return Answer(RetriedMessage(id=retried.id, version=retried.version, outcome=retried.outcome).model_dump(mode="json"))

    answer = await commands.run(CommandKey.of(key, person.staff_id, f"retry {message_id}", str(seen)), work)
    return RetriedMessage.model_validate(answer.body)
