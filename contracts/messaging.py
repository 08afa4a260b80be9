"""What messaging itself publishes, in every service's name: an event that could not be applied.

It says where the record lies and what kind of death it was, never its content: a contact may be in it (docs/decisions/0005).
"""

from typing import Annotated

from pydantic import BeforeValidator

from contracts.registry import Event, event
from contracts.topics import DEAD_LETTER


def encodable(value: object) -> object:
    r"""Half a surrogate pair, which no JSON reader takes, becomes the text `\udc80`."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


AnyText = Annotated[str, BeforeValidator(encodable)]
"""Unbounded on purpose: it repeats what a foreign record claims, and a dead letter is never refused itself."""


@event("event.died.v1", DEAD_LETTER)
class EventDiedV1(Event):
    """`source` published it about `subject` under the number `sequence`, presumed where it did not say one.

    `record` is topic/partition/offset, and `reason` the kind of failure, without what was quoted in it.
    """

    source: AnyText
    subject: AnyText
    sequence: int
    record: AnyText
    reason: AnyText
