"""In the post's store what happens and its event are one, addresses do not outlive the delivery, and its clock can be moved."""

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from contracts.post import ShipmentDeliveredV1, ShipmentDispatchedV1
from deploy.sandbox.post_office.clock import clock_from
from tests.support.eventually import eventually
from tests.support.post_office_world import NOW, UNIT, Keys, attributes_of, order, store_of


def test_an_order_is_carried_once_and_its_address_forgotten(keys: Keys) -> None:
    placed, attributes, due = order(keys), attributes_of("o-1"), NOW + timedelta(seconds=5)
    with store_of(keys) as store:
        assert store.add_parcel(attributes, placed.code, UNIT, placed.recipient, NOW, due)
        assert not store.add_parcel(attributes, placed.code, UNIT, placed.recipient, NOW, NOW)
        assert store.next_due() == due
        assert store.deliver(NOW + timedelta(seconds=4)) == 0
        assert placed.recipient.encode() in keys.store_file.read_bytes()
        assert store.deliver(due) == 1
        assert store.deliver(NOW + timedelta(seconds=6)) == 0
        assert store.next_due() is None
        rows = store.unpublished(10)
    assert [(row.attributes.sequence, row.attributes.type) for row in rows] == [
        (1, ShipmentDispatchedV1.TYPE),
        (2, ShipmentDeliveredV1.TYPE),
    ]
    assert {row.attributes.correlation for row in rows} == {"request-o-1"}
    assert placed.recipient.encode() not in keys.store_file.read_bytes()


def test_an_event_not_acknowledged_is_published_again_as_it_was(keys: Keys) -> None:
    with store_of(keys) as store:
        store.add_parcel(attributes_of("o-1"), order(keys).code, UNIT, "x.y", NOW, NOW)
        before = store.unpublished(10)
        assert len(before) == 1
    with store_of(keys) as store:
        assert store.unpublished(10) == before
        store.delete_published(before)
        assert store.unpublished(10) == []


def test_a_file_of_the_first_version_goes_on_counting(keys: Keys) -> None:
    with store_of(keys) as store:
        store.add_parcel(attributes_of("o-1"), order(keys).code, UNIT, "x.y", NOW, NOW)
        store.delete_published(store.unpublished(10))
    database = sqlite3.connect(keys.store_file)
    database.execute("ALTER TABLE subject_sequence RENAME TO told")
    database.close()
    with store_of(keys) as store:
        store.deliver(NOW)
        assert [row.attributes.sequence for row in store.unpublished(10)] == [2]


@pytest.mark.parametrize(
    ("setting", "shift"),
    [("+3d", timedelta(days=3)), ("-48h", timedelta(days=-2)), ("+5m", timedelta(minutes=5)), ("", timedelta())],
)
def test_its_clock_moves_with_the_sandbox(setting: str, shift: timedelta) -> None:
    clock, before = clock_from(setting), datetime.now(UTC)
    assert before <= clock() - shift <= datetime.now(UTC)


async def test_its_clock_starts_at_a_moment_and_ticks() -> None:
    before = datetime.now(UTC)
    clock = clock_from("2026-02-16T09:00:00+07:00")
    first = clock()
    assert NOW <= first <= NOW + (datetime.now(UTC) - before)
    await eventually(lambda: clock() > first, describe="a later moment")


@pytest.mark.parametrize("setting", ["+3x", "tomorrow"])
def test_a_clock_that_nobody_understands_is_refused(setting: str) -> None:
    with pytest.raises(ValueError, match="Invalid isoformat string"):
        clock_from(setting)
