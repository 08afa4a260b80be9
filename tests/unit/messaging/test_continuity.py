"""Whether a partition goes on from what was read: every way in which it may not, and none of those in which it does."""

import pytest
from aiokafka import TopicPartition

from messaging.continuity import ANOTHER_RECORD, Continuity, discontinuity
from messaging.partition_logs import PartitionLog
from messaging.read_offsets import LastRecord, ReadOffset
from messaging.records import Record

PARTITION = TopicPartition("t", 0)


@pytest.mark.parametrize(
    ("stored", "there", "expected"),
    [
        (ReadOffset(next=5, topic_id="a"), PartitionLog(begin=0, end=9, topic_id="a"), None),
        (ReadOffset(next=5, topic_id="a"), PartitionLog(begin=5, end=5, topic_id="a"), None),
        (ReadOffset(next=5), PartitionLog(begin=0, end=9, topic_id="a"), None),
        (ReadOffset(next=5, topic_id="a"), PartitionLog(begin=0, end=9, topic_id=None), None),
        (ReadOffset(next=5, topic_id="a"), PartitionLog(begin=0, end=9, topic_id="b"), "made anew"),
        (ReadOffset(next=5, topic_id="a"), PartitionLog(begin=0, end=4, topic_id="a"), "ends at 4, before 5"),
        (ReadOffset(next=5, topic_id="a"), PartitionLog(begin=6, end=9, topic_id="a"), "begins at 6"),
    ],
)
def test_a_partition_goes_on_or_it_is_said_why_not(stored: ReadOffset, there: PartitionLog, expected: str | None) -> None:
    reason = discontinuity(stored, there)
    assert reason is None if expected is None else reason is not None and expected in reason


def record(offset: int, value: bytes = b"v", key: bytes | None = b"k", headers: list[tuple[str, bytes]] | None = None) -> Record:
    return Record(topic="t", partition=0, offset=offset, key=key, value=value, headers=headers or [])


def expecting(last: Record) -> Continuity:
    continuity = Continuity(group="g", kafka="", database=None)  # type: ignore[arg-type]
    continuity._expected[PARTITION] = LastRecord(offset=last.offset, time_ms=0, digest=last.digest)
    return continuity


def test_the_last_record_is_read_again_only_to_be_compared() -> None:
    continuity = expecting(record(4))
    assert continuity.compare([record(4), record(5)]) == ([record(5)], {})
    assert continuity.compare([record(4)]) == ([record(4)], {}), "once"


def test_nothing_is_taken_of_a_partition_where_another_record_stands() -> None:
    assert expecting(record(4)).compare([record(4, b"w"), record(5)]) == ([], {PARTITION: ANOTHER_RECORD})


def test_a_last_record_that_was_compacted_away_is_not_missed() -> None:
    assert expecting(record(4)).compare([record(6), record(7)]) == ([record(6), record(7)], {})


@pytest.mark.parametrize(
    "other",
    [
        record(4, b"w"),
        record(4, key=None),
        record(4, key=b""),
        record(4, key=b"kv", value=b""),
        record(4, headers=[("h", b"")]),
        record(4, headers=[("", b"h")]),
    ],
)
def test_records_that_differ_have_different_digests(other: Record) -> None:
    assert record(4).digest == record(9).digest, "the offset is compared by itself"
    assert other.digest != record(4).digest
    assert record(4, headers=[("h", b"")]).digest != record(4, headers=[("", b"h")]).digest
