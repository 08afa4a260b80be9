"""A tiny service for the tests of messaging: it adds up amounts per account, and tells the total as a fact of its own.

Its topics are registered like any other, under an owner of their own, so that every joint of messaging is the real one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import uuid4

from pydantic import Field
from sqlalchemy import BigInteger, CheckConstraint, Column, MetaData, Table as SqlTable, Text, text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.refusal import Refusal
from contracts.registry import EVENTS, Event
from contracts.topics import Kind, Topic
from contracts.values import Lane, Text as SafeText
from messaging import copies
from messaging.handling import Context, Decision, Effect, Entry, Table, Waiting
from messaging.records import TOPIC_BY_NAME
from messaging.tables import add_messaging_tables


class Amounts:
    """Topics of one test: deposits (facts, laned), names (state), totals (facts that the service itself publishes)."""

    def __init__(self) -> None:
        run = uuid4().hex[:8]
        self.deposits = Topic(f"bank.deposits-{run}", "bank", Kind.FACTS, "account", partitions=2)
        self.names = Topic(f"bank.names-{run}", "bank", Kind.STATE, "account", partitions=1)
        self.totals = Topic(f"tally.totals-{run}", "tally", Kind.FACTS, "account", partitions=2)
        for topic in self.topics:
            TOPIC_BY_NAME.update(dict.fromkeys(topic.names(), topic))

    @property
    def topics(self) -> tuple[Topic, ...]:
        return self.deposits, self.names, self.totals


class Deposited(Event):
    """`amount` may be what PostgreSQL refuses: the contract of this test is as careless as a foreign one might be."""

    amount: int
    note: str = ""
    name_version: int | None = None


class Unused(Event):
    amount: int = 0


class Named(Event):
    name: SafeText


class Totalled(Event):
    total: int
    of: int


for cls, kind in (
    (Deposited, "bank.money.deposited.v1"),
    (Unused, "bank.money.counted.v1"),
    (Named, "bank.name.changed.v1"),
    (Totalled, "tally.total.changed.v1"),
):
    cls.TYPE = f"vn.motcua.{kind}"
    EVENTS[cls.TYPE] = cls


@dataclass(frozen=True)
class Account:
    id: str
    lane: Lane | None = None
    version: int = 0
    total: int = 0
    count: int = 0
    note: str = ""


class Accounts:
    async def load(self, connection: AsyncConnection, ids: Sequence[str]) -> dict[str, Account]:
        rows = await connection.execute(
            text("SELECT * FROM account WHERE id = ANY(:ids) ORDER BY id FOR UPDATE"), {"ids": list(ids)}
        )
        return {row.id: Account(row.id, None, row.version, row.total, row.number, row.note) for row in rows}

    async def save(self, connection: AsyncConnection, states: Sequence[Account]) -> None:
        await connection.execute(
            text("""
                INSERT INTO account (id, version, total, number, note)
                SELECT * FROM unnest(CAST(:ids AS text[]), CAST(:versions AS bigint[]), CAST(:totals AS bigint[]),
                                     CAST(:numbers AS bigint[]), CAST(:notes AS text[]))
                ON CONFLICT (id) DO UPDATE SET version = excluded.version, total = excluded.total, number = excluded.number, note = excluded.note
            """),
            {
                "ids": [s.id for s in states],
                "versions": [s.version for s in states],
                "totals": [s.total for s in states],
                "numbers": [s.count for s in states],
                "notes": [s.note for s in states],
            },
        )


class NegativeAmount(Refusal):
    def __init__(self) -> None:
        super().__init__("negative", vi="Số tiền âm.", en="A negative amount.")


def deposit(state: Account | None, event: Deposited, context: Context) -> Decision[Account]:
    if event.amount < 0:
        raise NegativeAmount
    account = state or Account(context.attributes.subject)
    if event.name_version is not None and context.known.get(account.id, 0) < event.name_version:
        raise Waiting(context.known["topic"], account.id, event.name_version)
    after = Account(account.id, None, account.version, account.total + event.amount, account.count + 1, event.note)
    return Decision(after, (Totalled(total=after.total, of=after.count),))


def service(amounts: Amounts) -> Table:
    """The table of the service, bound to one test's topics."""
    Deposited.TOPIC = Unused.TOPIC = amounts.deposits
    Named.TOPIC, Totalled.TOPIC = amounts.names, amounts.totals

    async def known(connection: AsyncConnection, envelopes: Sequence[Any]) -> dict[str, Any]:
        found: dict[str, Any] = await copies.versions(connection, Named, [e.attributes.subject for e in envelopes])
        return found | {"topic": amounts.names}

    return Table("tally", (amounts.deposits, amounts.names), (Entry(Deposited, deposit, Accounts(), Effect.PROCESS),), known)


def metadata() -> MetaData:
    found = MetaData()
    add_messaging_tables(found)
    SqlTable(
        "account",
        found,
        Column("id", Text, primary_key=True),
        Column("version", BigInteger),
        Column("total", BigInteger),
        Column("number", BigInteger),
        Column("note", Text),
        CheckConstraint("number < 1000000", name="account_number_small"),
    )
    return found
