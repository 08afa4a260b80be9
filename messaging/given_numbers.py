"""Numbers that were given before a database was restored, to aggregates of which it has no row, or none that can bear a number.

Such an aggregate may begin anew: a consumer opens its case again, an import brings its unit again. It goes on behind the number
that Kafka has, or all that it says would be taken for seen.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.publication import Publication
from messaging.statements import Statement

AggregateOfTopic = tuple[str, str]
"""(topic without its lane, aggregate id)"""
_LOAD: Final = Statement("SELECT topic, subject, last FROM given_number")
_KEEP: Final = Statement("""
    INSERT INTO given_number (topic, subject, last)
    SELECT :topic, subject, last FROM unnest(CAST(:subjects AS text[]), CAST(:lasts AS bigint[])) AS given (subject, last)
    ORDER BY subject
    ON CONFLICT (topic, subject) DO UPDATE SET last = greatest(given_number.last, excluded.last)
""")


async def load(connection: AsyncConnection) -> dict[AggregateOfTopic, int]:
    """All of them: few, where a database was ever restored, and else none."""
    return {(row.topic, row.subject): row.last for row in await _LOAD.rows(connection)}


async def keep(connection: AsyncConnection, topic: str, lasts: Mapping[str, int]) -> None:
    if lasts:
        subjects = sorted(lasts)
        values = {"topic": topic, "subjects": subjects, "lasts": [lasts[subject] for subject in subjects]}
        await _KEEP.send(connection, values)


def shifts(given: Mapping[AggregateOfTopic, int], numbers: Iterable[tuple[AggregateOfTopic, int]]) -> dict[AggregateOfTopic, int]:
    """By how much each aggregate's new numbers are to rise: those that were given before."""
    return {aggregate: given[aggregate] for aggregate, number in numbers if number <= given.get(aggregate, 0)}


async def raise_rows(connection: AsyncConnection, publication: Publication, shifts: Mapping[AggregateOfTopic, int]) -> None:
    """The rows of these aggregates, which this transaction has saved under the numbers that they had here. By primary key."""
    for numbered in publication.numbered:
        of_topic: dict[str, Any] = {subject: shift for (topic, subject), shift in shifts.items() if topic == numbered.topic.base}
        if of_topic:
            raising = Statement(f"""
                UPDATE {numbered.table} t SET {numbered.number} = t.{numbered.number} + given.shift
                FROM unnest(CAST(:ids AS text[]), CAST(:shifts AS bigint[])) AS given (id, shift) WHERE t.id = given.id
            """)  # noqa: S608 -- our own words
            await raising.send(connection, {"ids": list(of_topic), "shifts": list(of_topic.values())})
