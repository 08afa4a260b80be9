"""From where on a partition may have what its publisher does not know."""

import pytest

from messaging.partition_logs import PartitionLog
from messaging.published_offsets import PublishedOffset

LOG = PartitionLog(begin=5, end=90, topic_id="a")


@pytest.mark.parametrize(
    ("known", "start"),
    [
        (PublishedOffset(next=70, topic_id="a"), 70),
        (PublishedOffset(next=2, topic_id="a"), 5),
        (PublishedOffset(next=70, topic_id="b"), 5),
        (PublishedOffset(next=70, topic_id=None), 70),
    ],
)
def test_behind_what_was_acknowledged_and_in_a_topic_made_anew_from_its_beginning(known: PublishedOffset, start: int) -> None:
    assert known.start_in(LOG) == start
