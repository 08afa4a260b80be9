"""Topics whose number of partitions is not the declared one: what that means, for an operator.

An administrator may add partitions to a topic in use. A key then goes to another partition than before. Facts go on: their
numbers keep the order of each aggregate. State goes on too, since the highest version wins; but what a grown topic of state had
under a key in the old partition stays there, and compaction never takes it away.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from contracts.topics import Kind, Topic


def growth_warnings(wanted: Mapping[str, Topic], there: Mapping[str, int]) -> list[str]:
    """`there`: how many partitions each topic has. One with fewer than declared was made by an earlier release or setting."""
    return [_one_of_warnings(name, topic, there[name]) for name, topic in wanted.items() if there.get(name, 0) > topic.partitions]


def _one_of_warnings(name: str, topic: Topic, partitions: int) -> str:
    grown = f"{name} has {partitions} partitions, declared are {topic.partitions}"
    if topic.kind is Kind.FACTS:
        return f"{grown}: the numbers of its facts keep their order"
    return f"{grown}: values from before are stranded where their key is no more, and are never compacted away there"


def with_lane_partitions(topics: Iterable[Topic], partitions: int) -> list[Topic]:
    """Those that exist per lane, with so many partitions."""
    return [replace(topic, partitions=partitions) if topic.laned else topic for topic in topics]
