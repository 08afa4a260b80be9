"""The one command that a person gives to notify, by API and by page alike: try a failed message again."""

from dataclasses import dataclass
from typing import Final

from messaging.command_table import Answer, Command, CommandEntry, CommandKey, CommandTable, Load, UnitOfWork
from messaging.commands import Commands
from services.notify import handlers
from services.notify.access import require_retrying
from services.notify.domain.message import Message, MessageUnknown
from services.notify.repository.messages import MESSAGES
from services.notify.schemas import RetriedMessage
from web import correlation
from web.conditional import require_current
from web.principal import Principal


@dataclass(frozen=True, slots=True)
class RetryMessage:
    pass


async def retry(commands: Commands, key: str, person: Principal, message_id: str, seen: int) -> RetriedMessage:
    """Raises MessageUnknown, Forbidden, StaleWrite or NotFailed."""
    command = Command(
        body=RetryMessage(),
        by=person,
        target=message_id,
        seen=seen,
        key=CommandKey.of(key, person.staff_id, f"retry {message_id}", str(seen)),
        correlation=correlation.current(),
    )
    return RetriedMessage.model_validate((await commands.run(command)).body)


def _retry(command: Command[RetryMessage], work: UnitOfWork) -> Answer:
    retried = work.record(MESSAGES, handlers.retry(_message(command, work)))
    return Answer(RetriedMessage(id=retried.id, version=retried.version, outcome=retried.outcome).model_dump(mode="json"))


def _retrier_who_has_seen_it(command: Command[RetryMessage], work: UnitOfWork) -> None:
    """Raises MessageUnknown, Forbidden or StaleWrite."""
    message = _message(command, work)
    require_retrying(command.by, message)
    require_current(command.seen, message.version)


def _message(command: Command[RetryMessage], work: UnitOfWork) -> Message:
    message = work.get(MESSAGES, command.target)
    if message is None:
        raise MessageUnknown
    return message


COMMANDS: Final = CommandTable(
    order=(MESSAGES,),
    entries=(CommandEntry(body=RetryMessage, handler=_retry, may=_retrier_who_has_seen_it, loads=(Load(MESSAGES),)),),
)
