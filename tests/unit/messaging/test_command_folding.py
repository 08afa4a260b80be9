"""Laws of commands: whatever way they are cut into batches, states, answers and events are the same as one by one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.refusal import Refusal
from messaging.command_batch import CommandBatch
from messaging.command_folding import CommandFold, Given, KeyReused, Outcome
from messaging.command_table import Answer, Command, CommandEntry, CommandTable, Load, NotLoaded, UnitOfWork, anybody
from messaging.handler_table import Decision
from tests.support.tally_commands import ACCOUNTS, Add, Move, Overdrawn, Recount, add, key, may, move, recount
from tests.support.tally_service import Account, Amounts, Totalled

NOW = datetime(2026, 2, 22, 8, tzinfo=UTC)
Totalled.TOPIC = Amounts().totals


@dataclass
class Memory:
    """A store over a dictionary; it loads no more than it is asked for."""

    name: str
    rows: dict[str, Account] = field(default_factory=dict)

    async def load(self, _: Any, keys: Sequence[str]) -> dict[str, Account]:
        assert list(keys) == sorted(set(keys)), "locked in key order, each once"
        return {key: self.rows[key] for key in keys if key in self.rows}

    async def save(self, _: Any, states: Sequence[Account]) -> None:
        assert [state.id for state in states] == sorted({state.id for state in states})
        self.rows |= {state.id: state for state in states}

    __hash__ = object.__hash__


@dataclass(frozen=True)
class Follow:
    """Add 1 to the book that the target's note names: what has to be loaded may be changed by the command before."""


def _follow(command: Command[Follow], work: UnitOfWork, books: Memory) -> Answer:
    account = work.get(ACCOUNTS, command.target)
    if account is None or not account.note:
        raise Overdrawn
    book = work.get(books, account.note) or Account(account.note)
    after = work.record(books, Decision(replace(book, total=book.total + 1, count=book.count + 1), (_total(book),)))
    return Answer({"book": after.id, "total": after.total})


def _total(book: Account) -> Totalled:
    return Totalled(total=book.total + 1, of=book.count + 1)


@dataclass
class Service:
    """The batch as `CommandBatch` runs it, over dictionaries instead of a database."""

    accounts: dict[str, Account] = field(default_factory=dict)
    books: Memory = field(default_factory=lambda: Memory("books"))
    given: dict[tuple[str, str], Given] = field(default_factory=dict)
    published: list[tuple[str, int, bytes | None]] = field(default_factory=list)
    transactions: int = 0

    @property
    def table(self) -> CommandTable:
        def named(command: Command[Any], work: UnitOfWork) -> Iterable[str]:
            account = work.get(ACCOUNTS, command.target)
            return [account.note] if account and account.note else []

        both = Load(ACCOUNTS, lambda command, _: (command.target, command.body.to))
        return CommandTable(
            order=(ACCOUNTS, self.books),
            entries=(
                CommandEntry(body=Add, handler=add, may=may, loads=(Load(ACCOUNTS),)),
                CommandEntry(body=Move, handler=move, may=may, loads=(both,)),
                CommandEntry(body=Recount, handler=recount, may=may, loads=(Load(ACCOUNTS),), alone=True),
                CommandEntry(
                    body=Follow,
                    handler=lambda command, work: _follow(command, work, self.books),
                    may=may,
                    loads=(Load(ACCOUNTS), Load(self.books, named)),
                ),
            ),
        )

    def run(self, commands: Sequence[Command[Any]]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        while rest := commands[len(outcomes) :]:
            outcomes += self._transaction(self.table.together(rest))
        return outcomes

    def _transaction(self, commands: Sequence[Command[Any]]) -> list[Outcome]:
        self.transactions += 1
        batch = CommandBatch(connection=None, table=self.table, now=NOW, commands=commands)  # type: ignore[arg-type]
        for loader, rows in ((ACCOUNTS, self.accounts), (self.books, self.books.rows)):
            keys = {key for index, command in enumerate(commands) for key in batch._keys(index, command, loader)}
            batch.states |= {(loader, key): rows.get(key) for key in keys}
        fold = CommandFold(table=self.table, now=NOW, states=batch.states, given=dict(self.given), faults=batch.faults)
        outcomes = fold.run(commands)
        for saver, states in fold.to_save():
            (self.accounts if saver is ACCOUNTS else self.books.rows).update({state.id: state for state in states})
        self.given |= fold.answered
        self.published += [(draft.subject, draft.sequence, draft.payload) for draft in fold.drafts]
        return outcomes


names = st.sampled_from(["a", "b", "c"])
bodies = (
    st.builds(Add, amount=st.integers(-3, 5), note=st.sampled_from(["", "x", "y"]))
    | st.builds(Move, to=names, amount=st.integers(-3, 5))
    | st.just(Follow())
    | st.just(Recount())
)
keys = st.none() | st.builds(key, st.sampled_from(["k1", "k2"]), content=st.sampled_from(["{}", "[]"]))
commands = st.builds(
    Command, body=bodies, by=st.sampled_from(["clerk", "clerk", "stranger"]), target=names, seen=st.integers(0, 3), key=keys
)


def said(outcome: Outcome) -> object:
    """What a client would see."""
    return outcome if isinstance(outcome, Answer) else (type(outcome), str(outcome))


@given(st.lists(commands, max_size=12), st.lists(st.integers(1, 5), min_size=12, max_size=12))
def test_any_batching_of_any_commands_is_the_same_as_one_by_one(many: list[Command[Any]], sizes: list[int]) -> None:
    single, batched = Service(), Service()
    expected = [said(outcome) for command in many for outcome in single.run([command])]
    outcomes: list[object] = []
    for size in sizes:
        outcomes += [said(outcome) for outcome in batched.run(many[len(outcomes) : len(outcomes) + size])]
    assert outcomes == expected
    assert batched.accounts == single.accounts
    assert batched.books.rows == single.books.rows
    assert batched.published == single.published
    assert batched.given == single.given


def test_a_batch_is_one_transaction_unless_one_needs_what_another_has_changed() -> None:
    service = Service()
    service.run([Command(body=Add(1, "x"), target=name) for name in "abc"])
    assert service.transactions == 1
    outcomes = service.run(
        [
            Command(body=Follow(), target="a"),
            Command(body=Add(1, "y"), target="a"),
            Command(body=Follow(), target="a"),
            Command(body=Follow(), target="b"),
        ]
    )
    assert service.transactions == 3, "the third begins a new one"
    assert [outcome.body.get("book") for outcome in outcomes if isinstance(outcome, Answer)] == ["x", None, "y", "x"]


def test_the_second_on_a_version_is_refused() -> None:
    service = Service()
    first, second = service.run([Command(body=Add(1), target="a", seen=0), Command(body=Add(1), target="a", seen=2)])
    assert first == Answer({"total": 1, "version": 1}, 201)
    assert isinstance(second, Refusal)
    assert service.accounts["a"].version == 1


def test_a_refusal_takes_back_what_its_command_had_changed_and_no_more() -> None:
    service = Service()
    service.run([Command(body=Add(5), target="b")])
    outcomes = service.run(
        [Command(body=Add(2), target="b"), Command(body=Move("b", 9), target="a"), Command(body=Add(1), target="b")]
    )
    assert [type(outcome) for outcome in outcomes] == [Answer, Overdrawn, Answer]
    assert (service.accounts["b"].total, service.accounts["b"].version, "a" in service.accounts) == (8, 3, False)
    assert [(subject, sequence) for subject, sequence, _ in service.published] == [("b", 1), ("b", 2), ("b", 3)]


def test_a_key_that_was_refused_is_free_for_another_request() -> None:
    refused, again = Command(body=Add(-1), target="a", key=key("k")), Command(body=Add(1), target="a", key=key("k", content="[]"))
    first, second, third = Service().run([refused, again, refused])
    assert isinstance(first, Overdrawn)
    assert second == Answer({"total": 1, "version": 1}, 201)
    assert isinstance(third, KeyReused)


def test_what_no_line_of_the_table_loads_is_a_fault_of_its_command_alone() -> None:
    def careless(command: Command[Add], work: UnitOfWork) -> Answer:
        return Answer({"there": work.get(ACCOUNTS, "nowhere") is not None})

    table = CommandTable(order=(ACCOUNTS,), entries=(CommandEntry(body=Add, handler=careless, may=anybody),))
    (outcome,) = CommandFold(table=table, now=NOW, states={}).run([Command(body=Add(1))])
    assert isinstance(outcome, NotLoaded)


def test_a_key_that_cannot_be_told_answers_its_command() -> None:
    error = Overdrawn()
    table = CommandTable(entries=(CommandEntry(body=Move, handler=move, may=anybody),))
    (outcome,) = CommandFold(table=table, now=NOW, states={}, faults={0: error}).run([Command(body=Move("b", 1), target="a")])
    assert outcome is error


def test_a_table_says_where_everything_it_loads_is_locked() -> None:
    with pytest.raises(ValueError, match="Add loads Accounts"):
        CommandTable(order=(), entries=(CommandEntry(body=Add, handler=add, may=may, loads=(Load(ACCOUNTS),)),))


def test_a_state_of_a_topic_goes_out_as_it_is() -> None:
    work = UnitOfWork(now=NOW, states={}, correlation="r-1")
    topic = Amounts().names
    work.publish_state(topic, Totalled(total=1, of=1), "kind", "e-1", 7)
    work.publish_state(topic, None, "kind", "e-2", 8)
    there, gone = work.drafts
    assert (there.topic, there.type, there.subject, there.sequence, there.lane) == (topic, "kind", "e-1", 7, None)
    assert (there.payload, there.time, there.correlation) == (b'{"total":1,"of":1}', NOW, "r-1")
    assert (gone.subject, gone.sequence, gone.payload) == ("e-2", 8, None)
