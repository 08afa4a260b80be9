"""A limit on the wire and as `worktime` reads it are one limit."""

import pytest

from contracts.directory import LimitV1


@pytest.mark.parametrize(
    ("limit", "counting"),
    [
        (LimitV1(kind="working_days", amount=5), {"kind": "working_days", "amount": 5}),
        (LimitV1(kind="working_days", amount=30, every_day=True), {"kind": "calendar_days", "amount": 30}),
        (LimitV1(kind="working_hours", amount=16), {"kind": "working_hours", "amount": 16}),
        (LimitV1(kind="same_day"), {"kind": "same_day"}),
        (LimitV1(kind="same_day", cutoff="14:30"), {"kind": "same_day", "cutoff": "14:30"}),
    ],
)
def test_there_and_back(limit: LimitV1, counting: dict[str, object]) -> None:
    assert limit.counting() == counting
    assert LimitV1.of(counting) == limit
    assert limit.counted_in == counting["kind"]


def test_what_an_older_release_published_counts_as_it_did() -> None:
    older = LimitV1.model_validate({"kind": "working_days", "amount": 5})
    assert older.counting() == {"kind": "working_days", "amount": 5}
