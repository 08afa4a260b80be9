"""Messages as aggregates: loaded under their row locks, saved many at once. What is saved rings for the senders: it is queued,
or may have held another back.
"""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.rows import upsert_text, write
from contracts.directory import UnitV1
from contracts.envelope import Envelope
from contracts.intake import ContactV1, DossierFact
from contracts.values import Lane
from messaging import copies
from messaging.doorbell import ring_after_commit
from messaging.statements import Statement
from services.notify.domain.contact import KnownContact, KnownForBatch
from services.notify.domain.message import Message, MessageChannel, State
from services.notify.tables import MessageRow

BELL: Final = "messages"

_COLUMNS: Final = tuple(field.name for field in fields(Message))
# What changes after a message was queued.
_CHANGING: Final = ("version", "state", "reason", "attempt", "deferrals", "due_at", "settled_at")
# By primary keys. The counts change with the messages, in key order: two senders that settle the same kind take turns.
_UPSERT: Final = Statement(f"""
    WITH given AS (
        SELECT id, lane, unit, fact_type, state FROM jsonb_populate_recordset(CAST(NULL AS message), CAST(:rows AS jsonb))
    ), change AS (
        SELECT lane, unit, fact_type, state, sum(number) AS number FROM (
            SELECT lane, unit, fact_type, state, 1 AS number FROM given
            UNION ALL SELECT m.lane, m.unit, m.fact_type, m.state, -1 FROM message m JOIN given USING (id)
        ) AS moved WHERE state IN ('sent', 'skipped', 'failed')
        GROUP BY lane, unit, fact_type, state HAVING sum(number) <> 0
    ), counted AS (
        INSERT INTO message_count AS c (lane, unit, fact_type, state, number)
        SELECT lane, unit, fact_type, state, number FROM change ORDER BY lane, unit, fact_type, state
        ON CONFLICT (lane, unit, fact_type, state) DO UPDATE SET number = c.number + excluded.number
    )
    {upsert_text(MessageRow, _CHANGING)}
""")  # noqa: S608 -- our own words

# By primary key, in id order.
_LOCK: Final = Statement("SELECT * FROM message WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")


class Messages:
    """The store of the consumer's table, and of senders and commands too."""

    async def load(self, connection: AsyncConnection, ids: Sequence[str]) -> dict[str, Message]:
        rows = await _LOCK.rows(connection, {"ids": list(ids)})
        return {row.id: message_of(row) for row in rows}

    async def save(self, connection: AsyncConnection, messages: Sequence[Message]) -> None:
        await write(connection, _UPSERT, [_values(message) for message in messages])
        if messages:
            # For the senders of this process. Those of others see within seconds what these do not manage.
            await ring_after_commit(connection, [BELL])


MESSAGES: Final = Messages()


async def known_for(connection: AsyncConnection, envelopes: Sequence[Envelope]) -> KnownForBatch:
    """The contacts, as far as they have come, of the dossiers that a batch is about, and the telephones of its units."""
    dossiers = sorted({envelope.attributes.subject for envelope in envelopes})
    if not dossiers:
        return KnownForBatch({}, {})
    versions = await copies.versions(connection, ContactV1, dossiers)
    contacts = await copies.many(connection, ContactV1, dossiers)
    facts = [envelope.data for envelope in envelopes if isinstance(envelope.data, DossierFact)]
    units = await copies.many(connection, UnitV1, sorted({fact.unit.id for fact in facts}))
    return KnownForBatch(
        {dossier: KnownContact(version, contacts.get(dossier)) for dossier, version in versions.items()},
        {unit.id: unit.telephone for unit in units.values() if unit.telephone},
    )


def message_of(row: Any) -> Message:
    values = {name: getattr(row, name) for name in _COLUMNS}
    return Message(**values | {"lane": Lane(row.lane), "channel": MessageChannel(row.channel), "state": State(row.state)})


def contact_of(version: int, value: Any) -> KnownContact:
    """From the copy's two columns; no value says that the person was forgotten."""
    return KnownContact(version, None if value is None else ContactV1.model_validate(value))


def _values(message: Message) -> dict[str, Any]:
    return {name: getattr(message, name) for name in _COLUMNS}
