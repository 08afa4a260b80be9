"""What happens to a message, one pure function per use case: a fact asks for it, an attempt begins or ends, it is retried."""

from dataclasses import replace
from datetime import datetime, timedelta

from contracts.intake import DossierFact
from contracts.notices import asks_for_message
from contracts.notify import MessageFact, MessageFailedV1, MessageSentV1, MessageSkippedV1
from contracts.topics import CONTACTS
from contracts.values import Lane
from messaging.handler_table import Context, Decision, Waiting
from services.notify.domain.contact import KnownContact, KnownForBatch, SkipReason
from services.notify.domain.message import Message, MessageChannel, Result, State, message_id
from services.notify.domain.notice import CONFIRMATION, TEMPLATES, content_of
from services.notify.domain.precedence import LaterMessages, is_pointless


def queue_message(message: Message | None, event: DossierFact, context: Context) -> Decision[Message] | None:
    """A fact has come: queue its message, or skip it with the reason. Raises Waiting while its contact's version has not come."""
    if message is not None or not asks_for_message(event):
        return None
    message = _about(event, context)
    if event.contact_version is None:
        return _skipped(message, SkipReason.NO_CONTACT, context.now)
    batch: KnownForBatch = context.known
    known = batch.contacts.get(message.dossier)
    if known is None or known.version < event.contact_version:
        raise Waiting(CONTACTS, message.dossier, event.contact_version)
    if known.confirmation is not None and message.sequence == 1:
        return Decision(replace(message, template=CONFIRMATION).queue())
    if known.obstacle is not None:
        return _skipped(message, known.obstacle, context.now)
    return Decision(message.queue())


def begin_attempt(
    message: Message, known: KnownContact, later: LaterMessages, now: datetime, machine_now: datetime, lease: timedelta
) -> Decision[Message]:
    """Begin an attempt; or skip, when the person was forgotten, the address withdrawn or the message superseded since."""
    asks = message.template == CONFIRMATION
    if known.obstacle is not None and not (asks and known.confirmation):
        return _skipped(message, known.obstacle, now)
    if asks and not known.confirmation:
        return supersede(message, now)
    if is_pointless(message, later):
        return supersede(message, now)
    return Decision(message.begin(machine_now, lease))


def supersede(message: Message, now: datetime) -> Decision[Message]:
    """A later message goes out in its stead."""
    return _skipped(message, SkipReason.SUPERSEDED, now)


def record_outcome(message: Message, attempt: int, result: Result, now: datetime, machine_now: datetime) -> Decision[Message]:
    """What an attempt came to; published when the message is sent or failed by it."""
    after = message.end(attempt, result, now, machine_now)
    if after.state is message.state:
        return Decision(after)
    if after.state is State.SENT:
        return Decision(after, (MessageSentV1(**_fields(after, attempt, now)),))
    if after.state is State.FAILED:
        return Decision(after, (MessageFailedV1(**_fields(after, attempt, now), reason=result.reason),))
    return Decision(after)


def retry(message: Message) -> Decision[Message]:
    return Decision(message.retry())


def _about(event: DossierFact, context: Context) -> Message:
    cause = context.attributes
    batch: KnownForBatch = context.known
    return Message(
        id=message_id(cause.subject, cause.sequence, MessageChannel.MAIL),
        lane=_lane(context),
        dossier=cause.subject,
        sequence=cause.sequence,
        fact=cause.id,
        fact_type=cause.type,
        channel=MessageChannel.MAIL,
        unit=event.unit.id,
        submission_number=event.submission_number,
        code=event.code,
        template=TEMPLATES[type(event)],
        content=content_of(event, batch.telephones.get(event.unit.id)),
        correlation=cause.correlation or cause.id,
        happened_at=event.at,
        queued_at=context.now,
    )


def _lane(context: Context) -> Lane:
    if context.lane is None:
        raise ValueError("a dossier's facts come by a lane")
    return context.lane


def _skipped(message: Message, reason: SkipReason, now: datetime) -> Decision[Message]:
    after = message.skip(reason, now)
    return Decision(after, (MessageSkippedV1(**_fields(after, after.attempt, now), reason=reason.value),))


def _fields(message: Message, attempt: int, now: datetime) -> dict[str, object]:
    """The fields of MessageFact."""
    fields = MessageFact(
        dossier=message.dossier,
        fact=message.fact,
        fact_type=message.fact_type,
        channel=message.channel.value,
        attempt=attempt,
        at=now,
    )
    return fields.model_dump()
