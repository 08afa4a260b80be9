"""Laws of folding: whatever way an aggregate's events are cut into batches, repeated and mixed up, what they come to is the
same, and no record is ever left without having been applied, dropped or parked.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.aggregate import Aggregate
from contracts.envelope import MAX_SEQUENCE, Attributes, Unreadable
from contracts.refusal import Refusal
from contracts.registry import EVENTS, Event
from contracts.topics import Kind, Topic
from messaging.decoding import decode
from messaging.folding import ALL_EFFECTS, Fold, line_up, runnable
from messaging.handler_table import Context, Decision, Effect, Entry, Table, Waiting
from messaging.parking_lot import ParkedQueue
from messaging.records import TOPIC_BY_NAME, InboundEvent, Record, inbound_event

NOW = datetime(2026, 2, 22, 8, tzinfo=UTC)
DIARY = Topic(base="diary.entries", owner="diary", kind=Kind.FACTS, key="diary id", partitions=1)
STATE = Topic(base="diary.covers", owner="diary", kind=Kind.STATE, key="diary id", partitions=1)


class Written(Event):
    line: int


Written.TYPE, Written.TOPIC = "vn.motcua.diary.line.written.v1", DIARY


@pytest.fixture(autouse=True, scope="module")
def _declared():
    EVENTS[Written.TYPE] = Written
    TOPIC_BY_NAME.update({DIARY.base: DIARY, STATE.base: STATE})
    yield
    del EVENTS[Written.TYPE], TOPIC_BY_NAME[DIARY.base], TOPIC_BY_NAME[STATE.base]


@dataclass(frozen=True)
class Diary(Aggregate):
    lane: None = None
    version: int = 0
    lines: tuple[int, ...] = ()


class Nowhere:
    async def load(self, *_: Any) -> dict[str, Any]:
        return {}

    async def save(self, *_: Any) -> None:
        return


@dataclass
class Service:
    """The consumer's memory, as the database keeps it: position, state, parking lot."""

    refused: set[int] = field(default_factory=set)
    waiting: set[int] = field(default_factory=set)
    last: int = 0
    diary: Diary | None = None
    lot: dict[int, InboundEvent] = field(default_factory=dict)
    published: list[int] = field(default_factory=list)
    numbered: int = 0

    def write(self, state: Diary | None, event: Written, context: Context) -> Decision[Diary]:
        if context.attributes.sequence in self.refused:
            raise Refusal("no", vi="Không.", en="No.")
        if context.attributes.sequence in self.waiting:
            raise Waiting(STATE, "d", 1)
        before = state or Diary("d")
        return Decision(replace(before, lines=(*before.lines, event.line)), (event,))

    def take(self, records: list[Record], *, settling: bool = False) -> Fold:
        """One batch, as `messaging.batch` does it, in memory."""
        table = Table("reader", (DIARY,), (Entry(Written, self.write, Nowhere(), Effect.PROCESS),))
        fresh = [inbound_event(record) for record in records]
        queue, repeated = line_up(self.last, self.parked(), fresh)
        decoded = asyncio.run(decode(table, ALL_EFFECTS, () if settling else runnable(self.last, queue)))
        states = {(0, "d"): self.diary} if self.diary else {}
        fold = Fold(table=table, context=Context(None, NOW), states=states, settling=settling)
        fold.dropped += len(repeated)
        fold.advance(self.last, queue, decoded.data)
        self._keep(fold)
        return fold

    def parked(self) -> ParkedQueue:
        """As `parking_lot.load` reads it: up to the first dead one."""
        events = sorted(self.lot.values(), key=lambda inbound: (inbound.sequence, inbound.parked))
        dead = [inbound.sequence for inbound in events if inbound.state == "dead" and inbound.sequence > self.last]
        shown = [
            inbound
            for inbound in events
            if not dead or inbound.sequence <= dead[0] or inbound.state in ("ready", "early", "waiting")
        ]
        return ParkedQueue(max((inbound.sequence for inbound in events), default=0), shown)

    def _keep(self, fold: Fold) -> None:
        self.last = fold.lasts.get(("diary", "d"), self.last)
        self.diary = fold.states.get((0, "d"), self.diary)
        self.published += [draft.sequence for draft in fold.outbox]
        for gone in fold.released:
            del self.lot[gone]
        for entry in fold.parked:
            inbound = entry.event
            if inbound.parked is None:
                self.numbered += 1
                inbound.parked = self.numbered
            inbound.state = entry.state
            self.lot[inbound.parked] = inbound

    def retry(self) -> None:
        for inbound in self.lot.values():
            inbound.state = "ready"
        self.take([])


def record(number: int, offset: int, *, readable: bool = True) -> Record:
    headers = (
        Attributes(id=f"e-{number}", source="diary", type=Written.TYPE, subject="d", time=NOW, sequence=number).headers()
        if readable
        else []
    )
    return Record(
        topic=DIARY.base,
        partition=0,
        offset=offset,
        key=b"d",
        value=Written(line=number).model_dump_json().encode(),
        headers=headers,
    )


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[int, list[list[Record]]]:
    """Events 1..n, in any order, each once or several times (at offsets of its own or redelivered), in batches."""
    many = draw(st.integers(1, 9))
    numbers = draw(st.permutations([*range(1, many + 1), *draw(st.lists(st.integers(1, many), max_size=6))]))
    records = [record(number, offset) for offset, number in enumerate(numbers)]
    redelivered = draw(st.lists(st.sampled_from(records), max_size=4))
    cuts = draw(st.lists(st.integers(1, 4), min_size=len(records) + 4, max_size=len(records) + 4))
    stream, batches = [*records, *redelivered], []
    for size in cuts:
        batches.append(stream[:size])
        stream = stream[size:]
    return many, [batch for batch in [*batches, stream] if batch]


@given(deliveries())
def test_any_order_repetition_and_batching_comes_to_the_same(delivery: tuple[int, list[list[Record]]]) -> None:
    many, batches = delivery
    service = Service()
    for batch in batches:
        service.take(batch)
    assert service.diary == Diary("d", version=many, lines=tuple(range(1, many + 1)))
    assert service.published == list(range(1, many + 1))
    assert service.lot == {}


@given(deliveries(), st.sets(st.integers(1, 9), min_size=1, max_size=3), st.booleans())
def test_an_event_that_does_not_apply_holds_what_follows_and_mended_lets_it_through(
    delivery: tuple[int, list[list[Record]]], bad: set[int], waits: bool
) -> None:
    many, batches = delivery
    service = Service(waiting=bad) if waits else Service(refused=bad)
    for batch in batches:
        service.take(batch)
    held = min((number for number in bad if number <= many), default=many + 1)
    assert service.published == list(range(1, held))
    assert {inbound.sequence for inbound in service.lot.values()} == set(range(held, many + 1))
    service.refused, service.waiting = set(), set()
    service.retry()
    assert service.published == list(range(1, many + 1))
    assert service.lot == {}


@given(deliveries(), st.sets(st.integers(1, 9), max_size=3))
def test_every_record_ends_applied_dropped_or_parked_exactly_once(
    delivery: tuple[int, list[list[Record]]], refused: set[int]
) -> None:
    _, batches = delivery
    service = Service(refused=refused)
    for batch in batches:
        before = set(service.lot)
        fold = service.take(batch)
        ended = Counter(inbound.record.coordinates for inbound in fold.applied)
        assert max(ended.values(), default=0) <= 1
        fresh_parked = [entry for entry in fold.parked if entry.event.parked not in before]
        stayed = before - set(fold.released)
        from_lot = len(before) - len(stayed)
        assert len(fold.applied) + fold.dropped + len(fresh_parked) == len(batch) + from_lot
        assert stayed <= set(service.lot)


@given(st.lists(st.booleans(), min_size=1, max_size=12))
def test_stray_records_without_number_take_none_from_the_events(kinds: list[bool]) -> None:
    """True: the next event. False: a stray record, which a person skips at once."""
    service, number = Service(), 0
    for offset, is_event in enumerate(kinds):
        number += is_event
        service.take([record(number, offset) if is_event else record(0, offset, readable=False)])
        for inbound in service.lot.values():
            if inbound.state == "dead":
                inbound.state = "skipped"
        service.take([])
    service.take([record(number + 1, len(kinds))])
    assert service.published == list(range(1, number + 2))


@given(st.lists(st.booleans(), min_size=1, max_size=12))
def test_events_that_cannot_be_read_use_up_their_numbers_when_they_are_skipped(readable: list[bool]) -> None:
    service, applied = Service(), []
    for offset, legible in enumerate([*readable, True]):
        service.take([record(offset + 1, offset, readable=legible)])
        applied += [offset + 1] if legible else []
    while any(inbound.state == "dead" for inbound in service.lot.values()):
        next(inbound for inbound in service.lot.values() if inbound.state == "dead").state = "skipped"
        for inbound in service.lot.values():
            inbound.state = "ready" if inbound.state in ("behind", "early") else inbound.state
        service.take([])
    assert service.diary is not None
    assert service.diary.lines == tuple(applied)
    assert service.lot == {}


@given(st.lists(st.tuples(st.integers(1, 20), st.booleans()), max_size=12), st.integers(0, 10))
def test_line_up_is_in_sequence_with_each_record_once(events: list[tuple[int, bool]], last: int) -> None:
    fresh = [inbound_event(record(number, offset, readable=legible)) for offset, (number, legible) in enumerate(events)]
    queue, repeated = line_up(last, ParkedQueue(), [*fresh, *fresh])
    assert [inbound.sequence for inbound in queue] == sorted(inbound.sequence for inbound in queue)
    assert Counter(inbound.record.coordinates for inbound in queue) == Counter(inbound.record.coordinates for inbound in fresh)
    assert len(repeated) == len(fresh)
    assert all(inbound.sequence > last for inbound in queue if inbound.presumed)


def test_a_presumed_number_stays_one_that_the_database_can_hold() -> None:
    fresh = [inbound_event(record(MAX_SEQUENCE, 0)), inbound_event(record(0, 1, readable=False))]
    queue, _ = line_up(0, ParkedQueue(), fresh)
    assert [inbound.sequence for inbound in queue] == [MAX_SEQUENCE, MAX_SEQUENCE]


STATES = ("new", "early", "waiting", "behind", "ready", "dead", "skipped")


@given(
    st.lists(st.tuples(st.integers(1, 6), st.sampled_from(STATES), st.booleans()), max_size=8),
    st.integers(0, 4),
    st.sets(st.integers(1, 6)),
)
def test_what_is_tried_is_runnable_and_what_is_runnable_is_tried_if_all_before_it_apply(
    events: list[tuple[int, str, bool]], last: int, refused: set[int]
) -> None:
    """Only the runnable are decoded, and an event that was not decoded must not be tried."""
    queue = sorted((queued(offset, *event) for offset, event in enumerate(events)), key=lambda inbound: inbound.sequence)
    for bad in (refused, set()):
        table = Table("reader", (DIARY,), (Entry(Written, lambda *_: None, Nowhere(), Effect.PROCESS),))
        fold = Fold(table=table, context=Context(None, NOW), states={})
        decoded = {id(inbound): Unreadable("no") if inbound.sequence in bad else None for inbound in runnable(last, queue)}
        fold.advance(last, queue, decoded)
        dead = [entry.event for entry in fold.parked if entry.state == "dead"]
        tried = [id(inbound) for inbound in (*fold.applied, *dead)]
        assert tried == list(decoded)[: len(tried)]
        assert bad or len(tried) == len(decoded)


def queued(offset: int, number: int, state: str, presumed: bool) -> InboundEvent:
    inbound = inbound_event(record(number, offset))
    inbound.state, inbound.presumed = state, presumed
    inbound.parked = None if state == "new" else offset
    return inbound


@given(deliveries(), st.sets(st.integers(1, 9), min_size=1, max_size=3), st.booleans())
def test_settling_applies_nothing_and_leaves_one_standing_in_front(
    delivery: tuple[int, list[list[Record]]], bad: set[int], waits: bool
) -> None:
    many, batches = delivery
    service = Service(waiting=bad) if waits else Service(refused=bad)
    for batch in batches:
        service.take(batch)
    for inbound in service.lot.values():
        inbound.state = "ready" if inbound.state == "behind" else inbound.state
    published, last = list(service.published), service.last
    service.take([], settling=True)
    assert (service.published, service.last) == (published, last)
    behind = [inbound.state for inbound in service.lot.values() if inbound.sequence > last + 1]
    assert behind == ["behind"] * len(behind)
    standing = {inbound.state for inbound in service.lot.values() if inbound.sequence == last + 1}
    assert standing <= {"waiting" if waits else "dead", "behind"}
    assert bool(standing) == (last < many)
