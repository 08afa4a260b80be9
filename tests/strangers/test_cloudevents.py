"""The CloudEvents SDK decodes what is on the wire, every type, with the attributes that our own reader sees."""

import json

import pytest
from aiokafka import AIOKafkaConsumer
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event
from cloudevents.core.formats.json import JSONFormat

from contracts.envelope import read_attributes
from contracts.registry import EVENTS
from tests.contracts.test_samples import TYPES
from tests.strangers.wire import Wire, topic_names


@pytest.fixture(scope="module")
async def read(wire: Wire) -> list[KafkaMessage]:
    """All that has a value; a tombstone is no event."""
    consumer = AIOKafkaConsumer(*topic_names(), bootstrap_servers=wire.bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        records = [await consumer.getone() for _ in wire.records]
    finally:
        await consumer.stop()
    return [KafkaMessage(dict(record.headers), record.key, record.value) for record in records if record.value is not None]


async def test_the_sdk_reads_the_attributes_that_we_read(read: list[KafkaMessage]) -> None:
    for message in read:
        event, ours = from_binary_event(message, JSONFormat()), read_attributes([*message.headers.items()])
        assert (event.get_id(), event.get_source(), event.get_type()) == (ours.id, ours.source, ours.type)
        assert (event.get_subject(), event.get_time(), event.get_specversion()) == (ours.subject, ours.time, "1.0")
        assert (event.get_extension("sequence"), event.get_extension("correlationid")) == (
            f"{ours.sequence:020}",
            ours.correlation,
        )
        assert event.get_datacontenttype() == "application/json"


async def test_the_sdk_reads_the_data_of_every_type(read: list[KafkaMessage]) -> None:
    decoded = {}
    for message in read:
        event = from_binary_event(message, JSONFormat())
        decoded[event.get_type()] = event.get_data()
        assert event.get_data() == json.loads(message.value)
    assert decoded.keys() & EVENTS.keys() >= set(TYPES)
    for kind in TYPES:
        EVENTS[kind].model_validate(decoded[kind])
