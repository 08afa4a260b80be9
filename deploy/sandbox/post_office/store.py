"""The post's store: one SQLite file that holds parcels, collections, and the outbox of events still to be published.

What happens and its event are one transaction, so a process killed at any moment has neither lost an event nor invented one.
Events of one subject are numbered from 1 under the same transaction. An event leaves the outbox when Kafka has acknowledged
it; killed in between, it is published again under its number, and readers drop it.

Calls are short and block: a sandbox serves one person.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple
from uuid import uuid4

from contracts.envelope import Attributes
from contracts.post import ShipmentDeliveredV1, ShipmentDispatchedV1
from contracts.registry import Event

SOURCE: Final = "post"
SCHEMA: Final = """
    CREATE TABLE IF NOT EXISTS parcel (
        number INTEGER PRIMARY KEY, "order" TEXT NOT NULL UNIQUE, code TEXT NOT NULL, unit TEXT NOT NULL,
        recipient TEXT, correlation TEXT, dispatched_at TEXT NOT NULL, due_at TEXT NOT NULL, delivered_at TEXT,
        CHECK ((recipient IS NULL) = (delivered_at IS NOT NULL)));
    CREATE INDEX IF NOT EXISTS parcel_due ON parcel (due_at) WHERE delivered_at IS NULL;
    CREATE TABLE IF NOT EXISTS collection (key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, id TEXT NOT NULL UNIQUE);
    CREATE TABLE IF NOT EXISTS refused (
        topic TEXT, partition INTEGER, "offset" INTEGER, reason TEXT NOT NULL, PRIMARY KEY (topic, partition, "offset"));
    CREATE TABLE IF NOT EXISTS subject_sequence (subject TEXT PRIMARY KEY, last INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS outbox (
        position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, type TEXT NOT NULL, topic TEXT NOT NULL,
        subject TEXT NOT NULL, sequence INTEGER NOT NULL, time TEXT NOT NULL, correlation TEXT, causation TEXT,
        payload BLOB NOT NULL, UNIQUE (subject, sequence));
"""


class KeyReused(Exception):  # noqa: N818 -- a mistake of the caller
    """The Idempotency-Key was used for another collection."""


class Parcel(NamedTuple):
    """As anybody may see it: no name, no address."""

    order: str
    code: str
    tracking: str
    state: str
    dispatched_at: str
    delivered_at: str | None


class OutboxRow(NamedTuple):
    position: int
    topic: str
    payload: bytes
    attributes: Attributes


class Store:
    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._database = sqlite3.connect(file, isolation_level=None, timeout=5)
        self._database.row_factory = sqlite3.Row
        self._rename_sequence_table()
        # secure_delete and the default rollback journal: an address that is deleted is not on the disk any more.
        self._database.executescript("PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;" + SCHEMA)

    def close(self) -> None:
        self._database.close()

    def _rename_sequence_table(self) -> None:
        """The first version called it `told`; were it begun anew, readers would drop what an old parcel still has to say."""
        if self._database.execute("SELECT 1 FROM sqlite_master WHERE name = 'told'").fetchone():
            self._database.execute("ALTER TABLE told RENAME TO subject_sequence")

    def add_parcel(self, order: Attributes, code: str, unit: str, recipient: str, now: datetime, due: datetime) -> bool:
        """The parcel is in our hands and on its way to the encrypted recipient; False if it was before."""
        with self._transaction() as database:
            added = database.execute(
                'INSERT INTO parcel ("order", code, unit, recipient, correlation, dispatched_at, due_at) '
                "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING number",
                (order.subject, code, unit, recipient, order.correlation, _text(now), _text(due)),
            ).fetchall()
            for row in added:
                event = ShipmentDispatchedV1(tracking=tracking(row["number"]), at=now)
                self._record_event(order.subject, event, now, order.correlation, order.id)
        return bool(added)

    def deliver(self, now: datetime) -> int:
        """Deliver what is due and forget to whom; how many."""
        with self._transaction() as database:
            due = database.execute("SELECT * FROM parcel WHERE delivered_at IS NULL AND due_at <= ?", (_text(now),)).fetchall()
            for row in due:
                database.execute(
                    "UPDATE parcel SET delivered_at = ?, recipient = NULL WHERE number = ?", (_text(now), row["number"])
                )
                event = ShipmentDeliveredV1(tracking=tracking(row["number"]), delivered_at=now)
                self._record_event(row["order"], event, now, row["correlation"], None)
        return len(due)

    def next_due(self) -> datetime | None:
        row = self._database.execute("SELECT min(due_at) AS due FROM parcel WHERE delivered_at IS NULL").fetchone()
        return None if row["due"] is None else datetime.fromisoformat(row["due"])

    def _collection(self, key: str, fingerprint: str) -> str | None:
        """The id of the collection made under this key, if any; raises KeyReused when it was another one."""
        row = self._database.execute("SELECT fingerprint, id FROM collection WHERE key = ?", (key,)).fetchone()
        if row is not None and row["fingerprint"] != fingerprint:
            raise KeyReused
        return None if row is None else str(row["id"])

    def add_collection(self, key: str, fingerprint: str, event: Event, now: datetime) -> str:
        """A collected dossier and its event; the collection's id. The same key again is the same collection.

        Raises:
            KeyReused: the key stands for a collection with another fingerprint.
        """
        with self._transaction() as database:
            earlier = self._collection(key, fingerprint)
            if earlier is not None:
                return earlier
            collection = f"c-{uuid4().hex}"
            database.execute("INSERT INTO collection VALUES (?, ?, ?)", (key, fingerprint, collection))
            self._record_event(collection, event, now, None, None)
        return collection

    def refuse(self, topic: str, partition: int, offset: int, reason: str) -> None:
        """An order that cannot be carried, kept for a person to see; the others go on."""
        with self._transaction() as database:
            database.execute("INSERT OR IGNORE INTO refused VALUES (?, ?, ?, ?)", (topic, partition, offset, reason))

    def parcels(self, limit: int) -> list[Parcel]:
        """Newest first."""
        return [
            Parcel(
                row["order"],
                row["code"],
                tracking(row["number"]),
                "delivered" if row["delivered_at"] else "dispatched",
                row["dispatched_at"],
                row["delivered_at"],
            )
            for row in self._database.execute("SELECT * FROM parcel ORDER BY number DESC LIMIT ?", (limit,))
        ]

    def counts(self) -> dict[str, int]:
        row = self._database.execute(
            "SELECT (SELECT count(*) FROM parcel WHERE delivered_at IS NULL) AS dispatched, "
            "(SELECT count(*) FROM parcel WHERE delivered_at IS NOT NULL) AS delivered, "
            "(SELECT count(*) FROM refused) AS refused, (SELECT count(*) FROM collection) AS collected, "
            "(SELECT count(*) FROM outbox) AS untold"
        ).fetchone()
        return dict(row)

    def refusals(self, limit: int) -> list[str]:
        rows = self._database.execute('SELECT * FROM refused ORDER BY partition, "offset" DESC LIMIT ?', (limit,))
        return [f"{row['topic']}/{row['partition']}/{row['offset']}: {row['reason']}" for row in rows]

    def unpublished(self, limit: int) -> list[OutboxRow]:
        """The oldest events still to be published."""
        return [
            OutboxRow(row["position"], row["topic"], row["payload"], _attributes(row))
            for row in self._database.execute("SELECT * FROM outbox ORDER BY position LIMIT ?", (limit,))
        ]

    def delete_published(self, rows: Sequence[OutboxRow]) -> None:
        with self._transaction() as database:
            database.executemany("DELETE FROM outbox WHERE position = ?", [(row.position,) for row in rows])

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield self._database
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def _record_event(self, subject: str, event: Event, now: datetime, correlation: str | None, causation: str | None) -> None:
        [(sequence,)] = self._database.execute(
            "INSERT INTO subject_sequence VALUES (?, 1) ON CONFLICT DO UPDATE SET last = last + 1 RETURNING last", (subject,)
        ).fetchall()
        self._database.execute(
            "INSERT INTO outbox (id, type, topic, subject, sequence, time, correlation, causation, payload) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                str(uuid4()),
                event.TYPE,
                event.TOPIC.base,
                subject,
                sequence,
                _text(now),
                correlation,
                causation,
                event.model_dump_json(exclude_none=True).encode(),
            ),
        )


def tracking(number: int) -> str:
    return f"P{number:09d}"


def _attributes(row: sqlite3.Row) -> Attributes:
    return Attributes(
        id=row["id"],
        source=SOURCE,
        type=row["type"],
        subject=row["subject"],
        time=datetime.fromisoformat(row["time"]),
        sequence=row["sequence"],
        correlation=row["correlation"],
        causation=row["causation"],
    )


def _text(at: datetime) -> str:
    """Sorts as text like the moments themselves."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
