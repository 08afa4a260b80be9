"""Which event asks for a message: the table, and nothing else."""

from contracts.notices import NOTICES
from contracts.topics import CONTACTS, DOSSIERS, KEYS, STAFF, UNITS
from messaging.handler_table import Effect, Entry, Table
from services.notify.domain.message import MessageChannel, message_id
from services.notify.handlers import queue_message
from services.notify.repository.messages import MESSAGES, known_for
from services.notify.repository.publication import PUBLICATION

TABLE = Table(
    "notify",
    reads=(DOSSIERS, CONTACTS, UNITS, STAFF, KEYS),
    entries=tuple(
        Entry(
            event,
            queue_message,
            MESSAGES,
            Effect.PROCESS,
            key=lambda attributes, _: message_id(attributes.subject, attributes.sequence, MessageChannel.MAIL),
        )
        for event in sorted(NOTICES, key=lambda event: event.TYPE)
    ),
    prepare=known_for,
    publishes=PUBLICATION,
)
