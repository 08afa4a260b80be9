"""What notify publishes: what became of each message. Never what it said or to which address."""

from contracts.registry import Event, event
from contracts.topics import MESSAGES
from contracts.values import Count, Identifier, Moment, Text


class MessageFact(Event):
    """One message is one fact, one recipient, one channel."""

    dossier: Identifier
    fact: Identifier
    fact_type: Identifier
    channel: Identifier
    attempt: Count
    at: Moment


@event("message.sent.v1", MESSAGES)
class MessageSentV1(MessageFact):
    """The next server took it (for mail: an SMTP 250)."""


@event("message.skipped.v1", MESSAGES)
class MessageSkippedV1(MessageFact):
    reason: Text


@event("message.failed.v1", MESSAGES)
class MessageFailedV1(MessageFact):
    """Given up for good; a person must act."""

    reason: Text
