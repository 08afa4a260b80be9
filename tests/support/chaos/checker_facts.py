"""The topics of facts, from their beginning: per publisher and aggregate 1, 2, 3 ... up to what its database says. Pure.

A fact may stand there again (a relay that died before its delete): then it is the same one, and behind the first.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from tests.support.chaos.evidence import Aggregate, Fact
from tests.support.chaos.finding import Fault, Finding

ONCE = ("case.opened.v1", "case.decided.v1", "dossier.accepted.v1", "dossier.decided.v1", "dossier.handed-over.v1")
"""What happens to a dossier at most once."""


def check_facts(facts: Iterable[Fact], versions: Mapping[Aggregate, int]) -> Iterator[Finding]:
    """`facts` in the order of their partition."""
    by_aggregate: dict[Aggregate, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_aggregate[fact.aggregate].append(fact)
    for aggregate in sorted(by_aggregate.keys() | versions.keys()):
        yield from _aggregate(aggregate, by_aggregate[aggregate], versions.get(aggregate, 0))


def _aggregate(aggregate: Aggregate, facts: list[Fact], version: int) -> Iterator[Finding]:
    about, seen = "/".join(aggregate), dict[int, Fact]()
    if len({(fact.topic, fact.partition) for fact in facts}) > 1:
        yield Finding(Fault.ORDER, about, "its facts stand in more than one partition")
    for fact in facts:
        first = seen.setdefault(fact.sequence, fact)
        if first is fact and fact.sequence != len(seen):
            yield Finding(Fault.ORDER, about, f"number {fact.sequence} comes where {len(seen)} is due, at {_where(fact)}")
        elif (first.id, first.content) != (fact.id, fact.content):
            yield Finding(Fault.DOUBLED, about, f"number {fact.sequence} is two facts, at {_where(first)} and {_where(fact)}")
    if seen.keys() != set(range(1, version + 1)):
        fault = Fault.LOST if seen.keys() < set(range(1, version + 1)) else Fault.UNASKED
        yield Finding(fault, about, f"its database says {version}, its topic has {sorted(seen)}")
    for kind in ONCE:
        numbers = [number for number, fact in seen.items() if fact.type.endswith(kind)]
        if len(numbers) > 1:
            yield Finding(Fault.DOUBLED, about, f"{kind} happened {len(numbers)} times: {numbers}")


def _where(fact: Fact) -> str:
    return f"{fact.topic}/{fact.partition}@{fact.offset}"
