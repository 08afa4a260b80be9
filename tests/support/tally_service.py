"""A tiny service for the tests of messaging: it adds up amounts per account, and tells the total as a fact of its own.

Its topics are registered like any other, under an owner of their own, so that every joint of messaging is the real one.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, MetaData, Text, text
from sqlalchemy import Table as SqlTable
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.aggregate import Aggregate
from contracts.envelope import Attributes, Envelope
from contracts.refusal import Refusal
from contracts.registry import EVENTS, Event
from contracts.topics import Kind, Topic, dead_letter_topic
from contracts.values import Lane, Moment
from contracts.values import Text as SafeText
from messaging import copies
from messaging.handler_table import Context, Decision, Effect, Entry, Table, Waiting
from messaging.publication import Numbered, Publication
from messaging.records import TOPIC_BY_NAME
from messaging.statements import Statement
from messaging.tables import add_messaging_tables


class Amounts:
    """Topics of one test: deposits (facts), names (state), totals (facts that the service itself publishes)."""

    def __init__(self, run: str | None = None, *, laned: bool = False) -> None:
        self.run = run or uuid4().hex[:8]
        self.deposits = Topic(
            base=f"bank.deposits-{self.run}", owner="bank", kind=Kind.FACTS, key="account", partitions=2, laned=laned
        )
        self.names = Topic(base=f"bank.names-{self.run}", owner="bank", kind=Kind.STATE, key="account", partitions=1)
        self.totals = Topic(
            base=f"tally.totals-{self.run}", owner="tally", kind=Kind.FACTS, key="account", partitions=2, laned=laned
        )
        self.dead_letters = dead_letter_topic("tally")
        for topic in (self.deposits, self.names, self.totals):
            TOPIC_BY_NAME.update(dict.fromkeys(topic.names(), topic))

    @property
    def topics(self) -> tuple[Topic, ...]:
        return self.deposits, self.names, self.totals, self.dead_letters


class Deposited(Event):
    """`amount` may be what PostgreSQL refuses: the contract of this test is as careless as a foreign one might be."""

    amount: int
    note: str = ""
    name_version: int | None = None
    """The account's name must have come in this version."""
    at: Moment | None = None
    credited: str | None = None
    """Which account it concerns, where that is not the subject: a careless key may be what no database looks for."""


class Counted(Event):
    """The tally has no entry for it."""

    amount: int = 0


class Named(Event):
    name: SafeText


class Totalled(Event):
    total: int
    of: int


for cls, kind in (
    (Deposited, "bank.money.deposited.v1"),
    (Counted, "bank.money.counted.v1"),
    (Named, "bank.name.changed.v1"),
    (Totalled, "tally.total.changed.v1"),
):
    cls.TYPE = f"vn.motcua.{kind}"
    EVENTS[cls.TYPE] = cls


@dataclass(frozen=True)
class Account(Aggregate):
    lane: Lane | None = None
    version: int = 0
    total: int = 0
    count: int = 0
    note: str = ""
    at: datetime | None = None


_SAVE = Statement("""
    INSERT INTO account (id, lane, version, total, number, note, at)
    SELECT * FROM unnest(CAST(:ids AS text[]), CAST(:lanes AS text[]), CAST(:versions AS bigint[]),
                         CAST(:totals AS bigint[]), CAST(:numbers AS bigint[]), CAST(:notes AS text[]),
                         CAST(:ats AS timestamptz[]))
    ON CONFLICT (id) DO UPDATE SET version = excluded.version, total = excluded.total,
                                   number = excluded.number, note = excluded.note, at = excluded.at
""")


class Accounts:
    async def load(self, connection: AsyncConnection, ids: Sequence[str]) -> dict[str, Account]:
        rows = await connection.execute(
            text("SELECT * FROM account WHERE id = ANY(:ids) ORDER BY id FOR UPDATE"), {"ids": list(ids)}
        )
        return {
            row.id: Account(row.id, row.lane and Lane(row.lane), row.version, row.total, row.number, row.note, row.at)
            for row in rows
        }

    async def save(self, connection: AsyncConnection, states: Sequence[Account]) -> None:
        await _SAVE.send(
            connection,
            {
                "ids": [s.id for s in states],
                "lanes": [s.lane for s in states],
                "versions": [s.version for s in states],
                "totals": [s.total for s in states],
                "numbers": [s.count for s in states],
                "notes": [s.note for s in states],
                "ats": [s.at for s in states],
            },
        )


class NegativeAmount(Refusal):
    def __init__(self) -> None:
        super().__init__("negative", vi="Số tiền âm.", en="A negative amount.")


class BadHandlerError(Exception):
    """A bug of the handler's own. Its message quotes what only the tally may know."""


MENDED: set[str] = set()
"""Accounts whose handler has been mended, so that what it refused or failed at goes through."""


def account_of(attributes: Attributes, event: Deposited) -> str:
    return event.credited if event.credited is not None and attributes.subject not in MENDED else attributes.subject


def deposit(state: Account | None, event: Deposited, context: Context) -> Decision[Account]:
    account = state or Account(context.attributes.subject, context.lane)
    if account.id not in MENDED:
        if event.amount < 0:
            raise NegativeAmount
        if event.note == "bug":
            raise BadHandlerError(f"the secret of {account.id}")
    if event.name_version is not None and context.known["versions"].get(account.id, 0) < event.name_version:
        raise Waiting(context.known["topic"], account.id, event.name_version)
    note = event.note.replace("\x00", "") if account.id in MENDED else event.note or account.note
    after = Account(
        account.id, account.lane, account.version, account.total + event.amount, account.count + 1, note, event.at or account.at
    )
    return Decision(after, (Totalled(total=after.total, of=after.count),))


@dataclass
class Gate:
    """Holds a batch in the middle of its transaction, when `shut`, until it is opened. `largest`: events of the largest batch."""

    reached: asyncio.Event
    opened: asyncio.Event
    largest: int = 0

    @classmethod
    def open(cls) -> "Gate":
        gate = cls(asyncio.Event(), asyncio.Event())
        gate.opened.set()
        return gate

    async def pass_through(self, events: int) -> None:
        self.largest = max(self.largest, events)
        self.reached.set()
        await self.opened.wait()

    def shut(self) -> None:
        self.reached.clear()
        self.opened.clear()


def service(amounts: Amounts, gate: Gate | None = None) -> Table:
    """The table of the service, bound to one test's topics."""
    Deposited.TOPIC = Counted.TOPIC = amounts.deposits
    Named.TOPIC, Totalled.TOPIC = amounts.names, amounts.totals

    async def known(connection: AsyncConnection, envelopes: Sequence[Envelope]) -> dict[str, Any]:
        if gate is not None:
            await gate.pass_through(len(envelopes))
        for envelope in envelopes:
            if getattr(envelope.data, "note", "") == "unprepared" and envelope.attributes.subject not in MENDED:
                raise LookupError(f"nothing is known for {envelope.attributes.subject}")
        versions = await copies.versions(connection, Named, [e.attributes.subject for e in envelopes])
        return {"versions": versions, "topic": amounts.names}

    entries = (Entry(Deposited, deposit, Accounts(), Effect.PROCESS, key=account_of),)
    publishes = Publication(numbered=(Numbered(topic=amounts.totals, table="account"),))
    return Table("tally", (amounts.deposits, amounts.names), entries, known, publishes=publishes)


def metadata() -> MetaData:
    declared = MetaData()
    add_messaging_tables(declared)
    SqlTable(
        "account",
        declared,
        Column("id", Text, primary_key=True),
        Column("lane", Text),
        Column("version", BigInteger),
        Column("total", BigInteger),
        Column("number", BigInteger),
        Column("note", Text),
        Column("at", DateTime(timezone=True)),
        CheckConstraint("note <> 'forbidden'", name="account_note_allowed"),
    )
    return declared
