"""Which fact makes a message: the table, and nothing else."""

from contracts.intake import NOTICES
from contracts.topics import CONTACTS, DOSSIERS, KEYS, STAFF, UNITS
from messaging.handler_table import Effect, Entry, Table
from services.notify.domain.message import MessageChannel, message_id
from services.notify.handlers import tell
from services.notify.repository.messages import MESSAGES, contacts_of

TABLE = Table(
    "notify",
    reads=(DOSSIERS, CONTACTS, UNITS, STAFF, KEYS),
    entries=tuple(
        Entry(
            fact,
            tell,
            MESSAGES,
            Effect.PROCESS,
            key=lambda attributes, _: message_id(attributes.subject, attributes.sequence, MessageChannel.MAIL),
        )
        for fact in sorted(NOTICES, key=lambda fact: fact.TYPE)
    ),
    prepare=contacts_of,
)
