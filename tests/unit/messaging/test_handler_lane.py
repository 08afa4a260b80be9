"""A handler is lanes by which lane its event came: no event says it, and what begins with the event keeps the lane for life."""

from datetime import UTC, datetime
from typing import Any

import pytest

from contracts import topics
from contracts.envelope import Attributes
from contracts.intake import DossierTakenUpV1
from contracts.registry import Event
from contracts.values import Lane
from messaging.folding import Fold
from messaging.handler_table import Context, Decision, Effect, Entry, Table
from messaging.records import Record, inbound_event, lane_of


class Nothing:
    async def load(self, _: Any, __: Any) -> dict[str, Any]:
        return {}

    async def save(self, _: Any, __: Any) -> None:
        return


@pytest.mark.parametrize("lane", Lane)
def test_lane_of_a_laned_topic_is_the_one_in_its_name(lane: Lane) -> None:
    assert lane_of(topics.DOSSIERS.name(lane)) is lane


@pytest.mark.parametrize("name", [topics.FRONT_DESK.base, topics.SHIPMENTS.base, "unheard.of"])
def test_other_topics_have_no_lane(name: str) -> None:
    assert lane_of(name) is None


@pytest.mark.parametrize("lane", Lane)
def test_the_handler_is_told(lane: Lane) -> None:
    lanes: list[Lane | None] = []

    def handler(_: object, __: object, context: Context) -> Decision[Any] | None:
        lanes.append(context.lane)
        return None

    table = Table("routing", (topics.DOSSIERS,), (Entry(DossierTakenUpV1, handler, Nothing(), Effect.PROCESS),))
    attributes = Attributes(
        id="e-1", source="intake", type=DossierTakenUpV1.TYPE, subject="d-1", time=datetime(2026, 2, 16, tzinfo=UTC), sequence=1
    )
    inbound = inbound_event(
        Record(topic=topics.DOSSIERS.name(lane), partition=0, offset=0, key=b"d-1", value=b"{}", headers=attributes.headers())
    )
    Fold(table=table, context=Context(attributes, attributes.time), states={}).advance(0, [inbound], {id(inbound): Event()})
    assert lanes == [lane]
