"""Work is halved without loss."""

from messaging.records import Record
from messaging.work import Work


def test_work_is_halved_in_order_and_completely() -> None:
    records = [Record(topic="t", partition=0, offset=offset, key=None, value=None, headers=[]) for offset in range(5)]
    work = Work(records, [("s", "a"), ("s", "b")])
    first, second = work.halves()
    assert [*first.records, *second.records] == records
    assert [*first.aggregates, *second.aggregates] == [("s", "a"), ("s", "b")]
    alone = Work([], work.aggregates).halves()
    assert [half.aggregates for half in alone] == [[("s", "a")], [("s", "b")]]
