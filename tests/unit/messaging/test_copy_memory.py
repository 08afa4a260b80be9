"""Memory serves what the database says: whatever commits, rolls back or is restored, and however readers overtake each other."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from hypothesis import example, given
from hypothesis import strategies as st

from contracts.directory import UnitV1
from messaging.copy_memory import ABSENT, LOOK_SECONDS, REVISION_SECONDS, CopyMemory, Entity, Revisions, is_known

TOPIC = "directory.units"
IDS = ("a", "b")
Row = tuple[int, str, str]
"""(version, transaction, value)"""


class Transaction:
    """What a look belongs to."""


@dataclass
class Database:
    """What PostgreSQL would say: committed rows with their past, and what a transaction sees of its own."""

    rows: dict[str, Row] = field(default_factory=dict)
    revision: UUID | None = None
    past: list[dict[str, Row]] = field(default_factory=list)
    backups: list[tuple[dict[str, Row], UUID | None]] = field(default_factory=list)

    def changed(self, identifier: str) -> dict[str, Row]:
        version = self.rows[identifier][0] + 1 if identifier in self.rows else 1
        return {**self.rows, identifier: (version, str(uuid4()), str(uuid4()))}

    def commit(self, rows: dict[str, Row], revision: UUID) -> None:
        self.rows, self.revision = rows, revision
        self.past.append(rows)

    def back_up(self) -> None:
        self.backups.append((self.rows, self.revision))

    def restore(self) -> None:
        if self.backups:
            self.rows, self.revision = self.backups[-1]


def revisions_of(revision: UUID | None) -> dict[str, UUID]:
    return {} if revision is None else {TOPIC: revision}


def key(identifier: str) -> Any:
    return UnitV1, TOPIC, identifier


def steps(memory: CopyMemory, database: Database, transaction: Transaction, now: float, served: dict[str, Any]) -> Iterator[None]:
    """A reader who is interrupted wherever it waits for the database: after its look, and before it hears the rows."""
    revisions = memory.remember_look(transaction, revisions_of(database.revision), now)
    yield
    entities = {identifier: memory.entity(key(identifier)) for identifier in IDS}
    doubtful = [identifier for identifier in IDS if not is_known(entities[identifier], revisions.get(TOPIC))]
    rows = dict(database.rows)
    yield
    finish(memory, entities, doubtful, rows, revisions)
    served |= {identifier: entity.event for identifier, entity in entities.items()}


def finish(
    memory: CopyMemory, entities: dict[str, Entity], doubtful: list[str], rows: dict[str, Row], revisions: Revisions
) -> None:
    """What `copies` does with the rows that are no longer as they were remembered."""
    for identifier in doubtful:
        version, written_by, value = rows.get(identifier, (None, None, None))
        if (entities[identifier].version, entities[identifier].written_by) != (version, written_by):
            entities[identifier] = Entity(version=version, written_by=written_by, event=value)
        memory.keep(key(identifier), entities[identifier], revisions.get(TOPIC))


def read(memory: CopyMemory, database: Database, now: float = 0.0) -> dict[str, Any]:
    served: dict[str, Any] = {}
    for _ in steps(memory, database, Transaction(), now, served):
        pass
    return served


def values(rows: dict[str, Row]) -> dict[str, Any]:
    return {identifier: rows[identifier][2] if identifier in rows else None for identifier in IDS}


@dataclass
class Reader:
    steps: Iterator[None]
    served: dict[str, Any]
    since: int


moves = st.lists(
    st.one_of(
        st.tuples(st.just("commit"), st.sampled_from(IDS)),
        st.tuples(st.just("start"), st.none()),
        st.tuples(st.just("go on"), st.integers(0, 3)),
    ),
    max_size=40,
)


@given(moves)
@example([("start", None), ("go on", 0), ("commit", "a"), ("start", None), ("go on", 1), ("go on", 1), ("go on", 0)])
def test_however_readers_overtake_each_other_nobody_is_served_what_was_gone_before_its_look(plan: list[tuple[str, Any]]) -> None:
    memory, database, readers = CopyMemory(), Database(past=[{}]), list[Reader]()
    for move, detail in plan:
        if move == "commit":
            database.commit(database.changed(detail), uuid4())
        elif move == "start":
            served: dict[str, Any] = {}
            readers.append(Reader(steps(memory, database, Transaction(), 0.0, served), served, len(database.past) - 1))
            next(readers[-1].steps)
        elif detail < len(readers):
            next(readers[detail].steps, None)
            if readers[detail].served:
                since = [values(rows) for rows in database.past[readers[detail].since :]]
                for identifier in IDS:
                    assert readers[detail].served[identifier] in [state[identifier] for state in since]
                del readers[detail]
    assert read(memory, database) == values(database.rows), "and a reader alone is served what is there"


events = st.lists(
    st.tuples(st.sampled_from(["commit", "roll back", "back up", "restore", "delete", "read", "wait"]), st.sampled_from(IDS)),
    max_size=30,
)


@given(events)
def test_after_any_past_memory_serves_what_is_there(plan: list[tuple[str, str]]) -> None:
    memory, database, now = CopyMemory(), Database(), 0.0
    for move, identifier in plan:
        if move == "commit":
            database.commit(database.changed(identifier), uuid4())
        elif move == "delete":
            database.commit({other: row for other, row in database.rows.items() if other != identifier}, uuid4())
        elif move == "roll back":
            read_own_change_and_roll_back(memory, database, identifier, now)
        elif move == "back up":
            database.back_up()
        elif move == "restore":
            database.restore()
        elif move == "wait":
            now += REVISION_SECONDS
        else:
            assert read(memory, database, now) == values(database.rows)
    assert read(memory, database, now) == values(database.rows)


def read_own_change_and_roll_back(memory: CopyMemory, database: Database, identifier: str, now: float) -> None:
    """A batch that applies a state, reads it, and fails."""
    transaction, own = Transaction(), Database()
    own.commit(database.changed(identifier), uuid4())
    memory.note_write(transaction)
    served: dict[str, Any] = {}
    for _ in steps(memory, own, transaction, now, served):
        pass
    assert served == values(own.rows)


def test_what_is_known_is_not_asked_for_again_until_the_revision_changes() -> None:
    memory, first, second = CopyMemory(), uuid4(), uuid4()
    entity = Entity(version=1, written_by="7", event="x")
    seen = memory.remember_look(Transaction(), {TOPIC: first}, 0.0)[TOPIC]
    assert not is_known(memory.entity(key("a")), seen)
    memory.keep(key("a"), entity, seen)
    again = memory.remember_look(Transaction(), {TOPIC: first}, REVISION_SECONDS - 0.1)[TOPIC]
    assert is_known(memory.entity(key("a")), again)
    later = memory.remember_look(Transaction(), {TOPIC: second}, REVISION_SECONDS - 0.1)[TOPIC]
    assert not is_known(memory.entity(key("a")), later)
    assert memory.entity(key("a")).event == "x", "its row is compared, not parsed again"


def test_a_change_that_brought_no_revision_is_asked_for_after_a_minute() -> None:
    memory, value = CopyMemory(), uuid4()
    memory.keep(key("a"), ABSENT, memory.remember_look(Transaction(), {TOPIC: value}, 5.0)[TOPIC])
    late = memory.remember_look(Transaction(), {TOPIC: value}, 5.0 + REVISION_SECONDS)[TOPIC]
    assert not is_known(memory.entity(key("a")), late)


def test_a_topic_without_a_revision_is_never_served_unasked() -> None:
    memory = CopyMemory()
    memory.keep(key("a"), Entity(version=1, written_by="7", event="x"), None)
    assert not is_known(memory.entity(key("a")), None)
    assert memory.entity(key("a")).event == "x", "its row is compared, not parsed again"
    memory.keep_derived("list", [1], None)
    assert memory.derived("list", None) is None


def test_a_look_serves_its_own_transaction_for_half_a_second() -> None:
    memory, transaction = CopyMemory(), Transaction()
    assert memory.look(None, 0.0) is None
    assert memory.look(transaction, 0.0) is None
    seen = memory.remember_look(transaction, {TOPIC: uuid4()}, 3.0)
    assert memory.look(transaction, 3.0 + LOOK_SECONDS - 0.01) == seen
    assert memory.look(Transaction(), 3.0) is None
    assert memory.look(transaction, 3.0 + LOOK_SECONDS) is None


def test_who_has_written_looks_each_time() -> None:
    memory, transaction = CopyMemory(), Transaction()
    memory.remember_look(transaction, {TOPIC: uuid4()}, 3.0)
    memory.note_write(transaction)
    assert memory.look(transaction, 3.0) is None
    memory.remember_look(transaction, {TOPIC: uuid4()}, 3.0)
    assert memory.look(transaction, 3.0) is None


def test_what_was_not_asked_for_longest_is_dropped_first() -> None:
    memory = CopyMemory(most_characters=100)
    seen = memory.remember_look(Transaction(), {TOPIC: uuid4()}, 0.0)[TOPIC]
    for identifier in ("a", "b"):
        memory.keep(key(identifier), Entity(version=1, event=identifier, characters=40), seen)
    memory.entity(key("a"))
    memory.keep(key("c"), Entity(version=1, event="c", characters=30), seen)
    assert [memory.entity(key(identifier)).event for identifier in "abc"] == ["a", None, "c"]
    memory.keep(key("c"), Entity(version=2, event="d", characters=60), seen)
    assert memory.characters == 100
    assert memory.entity(key("a")).event == "a"


def test_derived_values_end_with_the_revision_and_are_few() -> None:
    memory = CopyMemory(most_derived=2)
    seen = memory.remember_look(Transaction(), {TOPIC: uuid4()}, 0.0)[TOPIC]
    for name in ("x", "y"):
        memory.keep_derived(name, name.upper(), seen)
    assert memory.derived("x", seen) == "X"
    memory.keep_derived("z", "Z", seen)
    assert [memory.derived(name, seen) for name in "xyz"] == ["X", None, "Z"]
    assert memory.derived("x", memory.remember_look(Transaction(), {TOPIC: uuid4()}, 0.0)[TOPIC]) is None
