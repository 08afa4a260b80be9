"""The one command that a person gives to notify: try a failed message again. By API and by page alike."""

from messaging.commands import Answer, CommandKey, Commands, UnitOfWork
from services.notify import handlers
from services.notify.reading import NoMessage, require_retrying
from services.notify.repository.messages import MESSAGES
from web.conditional import require_current
from web.principal import Principal


async def retry(commands: Commands, key: str, person: Principal, message: str, seen: int) -> Answer:
    """Raises NoMessage, Forbidden, StaleWrite or NotFailed."""

    async def work(unit: UnitOfWork) -> Answer:
        found = (await MESSAGES.load(unit.connection, [message])).get(message)
        if found is None:
            raise NoMessage
        require_retrying(person, found.unit)
        require_current(seen, found.version)
        state = await unit.record_events(handlers.retry(found))
        await MESSAGES.save(unit.connection, [state])
        return Answer({"id": state.id, "version": state.version, "outcome": state.outcome.value})

    return await commands.run(CommandKey.of(key, person.staff_id, f"retry {message}", str(seen)), work)
