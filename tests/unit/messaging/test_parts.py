"""The small parts of messaging, each for what it promises."""

import asyncio
from datetime import UTC, datetime

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from contracts import topics
from contracts.envelope import Attributes
from contracts.refusal import Invalid
from messaging import backoff, metrics
from messaging.backoff import Stopped, retry_forever
from messaging.bell import Bell
from messaging.clock import clock_from, system_clock
from messaging.dead_letter_limit import DeadLetterLimit, DeadLetterLimitExceeded
from messaging.dead_letters import dead_letter_drafts
from messaging.faults import first_line, is_bad_value, is_conflict, name_of
from messaging.outbox import LARGEST_PAYLOAD, Draft, EventTooLarge
from messaging.parking_lot import Parked
from messaging.records import LONGEST_SUBJECT, Record, headers_from, inbound_event, readable_key
from messaging.work import BatchResult, Work

NOW = datetime(2026, 2, 22, 8, tzinfo=UTC)


# --- back-off ---------------------------------------------------------------------------------------------


@given(st.integers(1, 100_000))
def test_no_outage_is_too_long_for_the_back_off(attempt: int) -> None:
    """2 ** 1024 is no float any more: an hour and a half of an outage at five seconds each."""
    stopping = asyncio.Event()
    stopping.set()
    with pytest.raises(Stopped):
        asyncio.run(backoff.pause(stopping, attempt))


async def test_it_is_tried_until_it_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backoff, "LONGEST_SECONDS", 0)
    failures = iter([OSError("one"), ValueError("two"), PoolTimeout()])
    heard: list[BaseException] = []

    async def work() -> str:
        if failure := next(failures, None):
            raise failure
        return "done"

    assert await retry_forever(work, asyncio.Event(), "work", heard.append) == "done"
    assert len(heard) == 3


async def test_what_is_final_and_a_stop_end_it() -> None:
    stopping = asyncio.Event()

    async def dying() -> None:
        raise DeadLetterLimitExceeded("too many")

    with pytest.raises(DeadLetterLimitExceeded):
        await retry_forever(dying, stopping, "work", final=DeadLetterLimitExceeded)

    async def stopped_meanwhile() -> None:
        stopping.set()
        raise OSError

    with pytest.raises(Stopped):
        await retry_forever(stopped_meanwhile, stopping, "work")


# --- whose fault ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error",
    [
        psycopg.errors.UntranslatableCharacter("22P05"),
        psycopg.errors.NumericValueOutOfRange(),
        psycopg.errors.CheckViolation(),
        psycopg.errors.UniqueViolation(),
        psycopg.errors.ProgramLimitExceeded(),
        psycopg.DataError("the driver's own"),
        UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates"),
        OverflowError(),
        KeyError("a store that does not know it"),
        Invalid("no", vi="Không.", en="No."),
    ],
)
def test_what_a_value_brings_about_is_a_bad_event(error: Exception) -> None:
    assert is_bad_value(error)
    assert is_bad_value(DBAPIError("statement", {}, error)) or not isinstance(error, psycopg.Error)


@pytest.mark.parametrize(
    "error",
    [
        psycopg.OperationalError("connection gone"),
        psycopg.errors.DeadlockDetected(),
        psycopg.errors.SerializationFailure(),
        psycopg.errors.TooManyConnections(),
        psycopg.errors.DiskFull(),
        psycopg.errors.UndefinedTable(),
        psycopg.errors.AdminShutdown(),
        psycopg.errors.IdleInTransactionSessionTimeout(),
        PoolTimeout(),
        OSError(),
        TimeoutError(),
        MemoryError(),
        RuntimeError("the loop is closed"),
    ],
)
def test_trouble_of_the_infrastructure_is_no_bad_event(error: Exception) -> None:
    assert not is_bad_value(error)


def test_only_conflicts_are_worth_the_same_command_again() -> None:
    assert is_conflict(DBAPIError("s", {}, psycopg.errors.DeadlockDetected()))
    assert not is_conflict(psycopg.errors.UniqueViolation())


def test_the_name_of_an_error_quotes_nothing() -> None:
    error = DBAPIError("s", {}, psycopg.errors.CheckViolation("row of Nguyễn Văn A"))
    assert name_of(error) == "CheckViolation 23514"
    assert "Nguyễn" in first_line(error)


# --- records ----------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.text(), st.binary())))
def test_headers_survive_the_waiting_room(headers: list[tuple[str, bytes]]) -> None:
    import json

    stored = Record("t", 0, 0, None, None, headers).headers_json()
    assert "\\u0000" not in stored
    assert headers_from(json.loads(stored)) == headers


@given(st.binary(max_size=2000) | st.none())
def test_any_key_becomes_text_that_can_be_kept_and_indexed(key: bytes | None) -> None:
    text = readable_key(Record("t", 0, 0, key, None, []))
    assert len(text) <= LONGEST_SUBJECT
    assert "\x00" not in text
    text.encode()


def test_long_keys_stay_different() -> None:
    keys = [readable_key(Record("t", 0, 0, b"x" * 1000 + end, None, [])) for end in (b"a", b"b")]
    assert keys[0] != keys[1]


def test_a_record_of_a_state_topic_is_no_namesake_of_a_fact() -> None:
    headers = Attributes("e", "intake", "vn.motcua.intake.contact.changed.v1", "d-1", NOW, 7).headers()
    contact = inbound_event(Record(topics.CONTACTS.name(topics.Lane.POST), 0, 0, b"d-1", None, headers))
    assert contact.aggregate == ("intake.contacts", "d-1")
    assert contact.is_state


def test_work_is_halved_in_order_and_completely() -> None:
    records = [Record("t", 0, offset, None, None, []) for offset in range(5)]
    work = Work(records, [("s", "a"), ("s", "b")])
    first, second = work.halves()
    assert [*first.records, *second.records] == records
    assert [*first.aggregates, *second.aggregates] == [("s", "a"), ("s", "b")]
    alone = Work([], work.aggregates).halves()
    assert [half.aggregates for half in alone] == [[("s", "a")], [("s", "b")]]


# --- outbox, dead letters, watch, bell, clock -------------------------------------------------------------


def test_an_event_too_large_for_kafka_is_refused_where_it_is_decided() -> None:
    Draft(topics.MESSAGES, "t", "m-1", 1, None, b"x" * LARGEST_PAYLOAD, NOW)
    with pytest.raises(EventTooLarge):
        Draft(topics.MESSAGES, "t", "m-1", 1, None, b"x" * (LARGEST_PAYLOAD + 1), NOW)


def test_a_dead_letter_is_announced_without_content() -> None:
    record = Record(topics.DOSSIERS.name(topics.Lane.POST), 3, 7, b"d-1", b"secret value", [("secret", b"secret header")])
    parked = [Parked(inbound_event(record), state, "a secret reason", "handler failed: KeyError") for state in ("dead", "behind")]
    (told,) = dead_letter_drafts("notify", parked, NOW)
    assert told.topic == topics.dead_letter_topic("notify")
    assert told.subject == "intake.dossiers.post/3/7"
    assert told.lane is topics.Lane.POST
    assert told.payload is not None
    assert b"secret" not in told.payload


def test_too_many_dead_stop_a_consumer_and_few_do_not() -> None:
    watch = DeadLetterLimit(share=0.5, least=10)
    watch.check(BatchResult(applied=0, parked={"dead": 9}))
    watch.remember(BatchResult(applied=4, parked={"dead": 5}))
    watch.check(BatchResult(applied=1, parked={"dead": 0}))
    with pytest.raises(DeadLetterLimitExceeded):
        watch.check(BatchResult(applied=0, parked={"dead": 1}))
    watch.check(BatchResult(applied=10, parked={"behind": 100}))


async def test_a_ring_is_never_lost() -> None:
    bell = Bell()
    bell.ring("a")
    await bell.wait("a", 60)
    waiting = asyncio.create_task(bell.wait("a", 60))
    bell.ring("b")
    await asyncio.wait([waiting], timeout=0.01)
    assert not waiting.done()
    bell.ring("a")
    await waiting
    everybody = [asyncio.create_task(bell.wait(name, 60)) for name in "ab"]
    await bell.wait("c", 0)
    bell.ring_all()
    await asyncio.gather(*everybody)


@pytest.mark.parametrize("setting", ["", "+3d", "-90m", "2026-02-22T08:00:00+07:00"])
def test_the_clock_ticks_from_where_it_is_set(setting: str) -> None:
    clock = clock_from(setting)
    assert clock() <= clock()
    assert clock().tzinfo is not None
    assert abs((clock() - system_clock()).days) < 10_000


@pytest.mark.parametrize("setting", ["tomorrow", "3d", "2026-02-22T08:00:00"])
def test_a_clock_that_cannot_be_set_says_so(setting: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        clock_from(setting)


def test_metrics_are_declared_once_each_with_its_meaning() -> None:
    declared = [metric for name, metric in vars(metrics).items() if name.isupper()]
    names = [metric._name for metric in declared]
    assert len(names) == len(set(names))
    assert all(name.startswith("motcua_") for name in names)
    assert all(metric._documentation for metric in declared)
