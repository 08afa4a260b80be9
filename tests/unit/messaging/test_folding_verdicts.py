"""One queue, folded once: what each event came to, why, and what was written down about it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.aggregate import Aggregate
from contracts.envelope import Attributes, Unreadable
from contracts.refusal import Refusal
from contracts.registry import Event
from contracts.topics import DOSSIERS, UNITS
from contracts.values import Lane
from messaging.folding import Fold, line_up
from messaging.handler_table import Context, Decision, Effect, Entry, Table, Waiting
from messaging.parking_lot import Parked, ParkedQueue
from messaging.records import InboundEvent, Newer, Record

SENT, NOW = datetime(2026, 2, 22, 8, tzinfo=UTC), datetime(2026, 2, 22, 9, tzinfo=UTC)


class Written(Event):
    line: int


Written.TYPE, Written.TOPIC = "vn.motcua.intake.line.written.v1", DOSSIERS


@dataclass(frozen=True)
class Diary(Aggregate):
    lines: tuple[int, ...] = ()


class Nowhere:
    async def load(self, *_: Any) -> dict[str, Any]:
        return {}

    async def save(self, *_: Any) -> None:
        return


def inbound(sequence: int, *, state: str = "new", presumed: bool = False, correlation: str | None = None) -> InboundEvent:
    """Its offset is its sequence; one that is not new comes from the parking lot, where its id is ten times that."""
    attributes = Attributes(
        id=f"e-{sequence}",
        source="intake",
        type=Written.TYPE,
        subject="d",
        time=SENT,
        sequence=sequence,
        correlation=correlation,
    )
    record = Record(topic=DOSSIERS.name(Lane.POST), partition=0, offset=sequence, key=b"d", value=b"", headers=[])
    parked = None if state == "new" else 10 * sequence
    return InboundEvent(
        record=record,
        source="intake",
        subject="d",
        sequence=sequence,
        attributes=attributes,
        presumed=presumed,
        parked=parked,
        state=state,
    )


def write(state: Diary | None, event: Written, _: Context) -> Decision[Diary]:
    before = state or Diary("d", Lane.POST, 0)
    return Decision(replace(before, lines=(*before.lines, event.line)), (event,))


def fold_of(*handlers: Callable[..., Any], states: dict[Any, Any] | None = None, **entry: Any) -> Fold:
    entries = tuple(Entry(Written, handler, Nowhere(), Effect.PROCESS, **entry) for handler in handlers)
    context = Context(inbound(1).attributes, NOW, known="reference data")
    return Fold(table=Table("reader", (DOSSIERS,), entries), context=context, states=states or {})


def advance(fold: Fold, queue: list[InboundEvent], last: int = 0) -> None:
    fold.advance(last, queue, {id(event): Written(line=event.sequence) for event in queue})


def verdicts(fold: Fold) -> list[tuple[int, str, str]]:
    return [(parked.event.sequence, parked.state, parked.reason) for parked in fold.parked]


def test_what_comes_before_its_turn_is_early_and_says_which_number_is_missing() -> None:
    fold = fold_of(write)
    advance(fold, [inbound(3), inbound(4), inbound(5, state="early")])
    assert verdicts(fold) == [(3, "early", "1 has not come"), (4, "early", "1 has not come")]
    assert (fold.applied, fold.outbox, fold.lasts) == ([], [], {})


def test_what_follows_a_dead_one_is_behind_it() -> None:
    fold = fold_of(write)
    advance(fold, [inbound(1, state="dead"), inbound(2), inbound(3, state="behind"), inbound(4, state="skipped")])
    assert verdicts(fold) == [(2, "behind", "held by 1")]
    assert (fold.applied, fold.released) == ([], [])


def test_what_follows_a_skipped_one_waits_until_a_number_is_told() -> None:
    fold = fold_of(write)
    queue = [inbound(1), inbound(2, state="skipped"), inbound(3, presumed=True), inbound(4, presumed=True)]
    advance(fold, queue)
    reason = "2 was skipped without having told its number"
    assert verdicts(fold) == [(3, "behind", reason), (4, "behind", reason)]
    assert fold.lasts == {("intake", "d"): 1}
    assert fold.released == []


def test_a_skipped_one_uses_up_its_number_once_the_next_has_told_its_own() -> None:
    fold = fold_of(write)
    advance(fold, [inbound(1, state="skipped"), inbound(2)])
    assert fold.released == [10]
    assert fold.lasts == {("intake", "d"): 2}
    assert [event.sequence for event in fold.applied] == [2]


def test_what_was_seen_before_is_dropped_and_leaves_the_lot() -> None:
    fold = fold_of(write)
    advance(fold, [inbound(1), inbound(2, state="early"), inbound(3)], last=2)
    assert (fold.dropped, fold.released) == (2, [20])
    assert [event.sequence for event in fold.applied] == [3]


def refuse(*_: Any) -> None:
    raise Refusal("shut", vi="Đã đóng.", en="It is shut.")


def wait(*_: Any) -> None:
    raise Waiting(UNITS, "H26.01", 4)


def fail(*_: Any) -> None:
    raise ZeroDivisionError("by zero")


@pytest.mark.parametrize(
    ("handler", "state", "reason", "kind", "waits"),
    [
        (refuse, "dead", "shut: It is shut.", "refused: shut", None),
        (
            wait,
            "waiting",
            "waits for directory.units/H26.01 in version 4",
            "unreadable",
            ("directory.units", "H26.01", 4),
        ),
        (fail, "dead", "ZeroDivisionError: by zero", "handler failed: ZeroDivisionError", None),
    ],
)
def test_what_does_not_apply_is_parked_with_its_reason_and_holds_the_rest(
    handler: Callable[..., Any], state: str, reason: str, kind: str, waits: tuple[str, str, int] | None
) -> None:
    fold = fold_of(handler)
    first, second = inbound(1), inbound(2)
    advance(fold, [first, second])
    error = fold.parked[0].error
    assert isinstance(error, ZeroDivisionError) is (handler is fail)
    assert fold.parked == [
        Parked(event=first, state=state, reason=reason, kind=kind, waits=waits, error=error),
        Parked(event=second, state="behind", reason="held by 1"),
    ]
    assert (fold.applied, fold.lasts, fold.changed) == ([], {}, set())


def test_what_cannot_be_read_is_dead_for_the_reason_given() -> None:
    fold, event = fold_of(write), inbound(1)
    fold.advance(0, [event], {id(event): Unreadable("line: Field required")})
    assert fold.parked == [Parked(event=event, state="dead", reason="line: Field required", kind="unreadable")]


def test_an_event_that_nobody_wants_takes_effect_without_one() -> None:
    fold, event = fold_of(write), inbound(1)
    fold.advance(0, [event], {id(event): None})
    assert (fold.applied, fold.lasts, fold.states) == ([event], {("intake", "d"): 1}, {})


def test_nothing_of_an_event_is_kept_when_one_of_its_handlers_refuses() -> None:
    fold = fold_of(write, refuse)
    advance(fold, [inbound(1)])
    assert (fold.states, fold.changed, fold.outbox) == ({}, set(), [])


def test_a_handler_knows_envelope_clock_reference_data_and_lane() -> None:
    seen: list[Context] = []
    advance(fold_of(lambda _, __, context: seen.append(context)), [inbound(1)])
    assert seen == [Context(inbound(1).attributes, NOW, "reference data", Lane.POST)]


def test_what_is_published_names_its_cause_and_goes_out_at_the_batch_s_time() -> None:
    fold = fold_of(write)
    advance(fold, [inbound(1, correlation="c-7"), inbound(2)])
    assert [(row.correlation, row.causation, row.time, row.sequence) for row in fold.outbox] == [
        ("c-7", "e-1", NOW, 1),
        ("e-2", "e-2", NOW, 2),
    ]


def test_states_of_others_stay_and_all_that_changed_are_named() -> None:
    other = Diary("other", Lane.POST, 5)
    fold = fold_of(write, states={(0, "other"): other}, key=lambda _, event: f"page-{event.line % 2}")
    advance(fold, [inbound(1), inbound(2), inbound(3)])
    assert fold.changed == {(0, "page-0"), (0, "page-1")}
    assert fold.states[0, "other"] is other
    assert fold.states[0, "page-1"].lines == (1, 3)


def test_two_handlers_over_one_store_see_one_another() -> None:
    store = Nowhere()
    entries = tuple(Entry(Written, write, store, Effect.PROCESS) for _ in range(2))
    fold = Fold(table=Table("reader", (DOSSIERS,), entries), context=Context(inbound(1).attributes, NOW), states={})
    advance(fold, [inbound(1)])
    assert fold.states[0, "d"].lines == (1, 1)


def test_a_parked_one_goes_before_a_new_one_of_the_same_number_and_a_repeated_one_is_told() -> None:
    parked, new = inbound(2, state="early"), inbound(2)
    new.record = replace(new.record, offset=99)
    again = inbound(2)
    queue, repeated = line_up(0, ParkedQueue(2, [parked]), [new, again])
    assert queue == [parked, new]
    assert repeated[0] is again


def test_a_new_one_without_a_number_is_presumed_behind_what_was_not_read_of_the_lot() -> None:
    new = inbound(0, presumed=True)
    queue, _ = line_up(0, ParkedQueue(40, [inbound(1, state="dead")]), [new])
    assert [event.sequence for event in queue] == [1, 41]


def test_settling_says_of_each_what_it_is_and_tries_none() -> None:
    fold = fold_of(fail)
    fold.settling = True
    fold.advance(0, [inbound(1, state="behind"), inbound(2, state="ready"), inbound(3, state="dead")], {})
    assert verdicts(fold) == [(1, "ready", "its turn is next"), (2, "behind", "held by 1")]
    assert (fold.applied, fold.lasts) == ([], {})


def test_one_of_a_newer_type_waits_for_the_release_that_knows_it() -> None:
    fold, event = fold_of(write), inbound(1)
    newer = Newer("intake.dossiers", "vn.motcua.intake.line.crossed-out.v1", 1)
    fold.advance(0, [event, inbound(2)], {id(event): newer})
    assert verdicts(fold) == [
        (1, "newer", "vn.motcua.intake.line.crossed-out.v1 is newer than this release"),
        (2, "behind", "held by 1"),
    ]
    assert fold.parked[0].waits == ("intake.dossiers", "vn.motcua.intake.line.crossed-out.v1", 1)
