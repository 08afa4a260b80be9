"""The post office over real Kafka: no event is lost or invented by its death at any moment, or by an order nobody can read."""

import json
import signal
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import InvalidReplicationFactorError
from joserfc.jwk import ECKey

from contracts.post import ShipmentDeliveredV1, ShipmentDispatchedV1
from contracts.topics import POST_ORDERS, SHIPMENTS
from deploy.sandbox.post_office.kafka import make_shipments_topic
from messaging.topic_creation import create_topics
from tests.support.eventually import eventually
from tests.support.late_kafka import LateKafka
from tests.support.post_office_world import ADDRESS, Keys, PostProcess, counter, order, publish_orders, shipments, store_of

KILLS, PER_KILL = 3, 40


async def test_orders_are_carried_through_any_death_without_losing_or_inventing_events(keys: Keys, kafka_bootstrap: str) -> None:
    await create_topics(kafka_bootstrap, [POST_ORDERS, SHIPMENTS])
    orders = {f"o-{uuid4().hex}": order(keys, number) for number in range(1, KILLS * PER_KILL + 1)}
    async with (
        AIOKafkaProducer(bootstrap_servers=kafka_bootstrap) as producer,
        shipments(kafka_bootstrap) as heard,
        PostProcess(keys, kafka_bootstrap) as office,
    ):
        for kill in range(KILLS):
            part = dict(list(orders.items())[kill * PER_KILL : (kill + 1) * PER_KILL])
            await publish_orders(producer, part)
            await office.start()
            await eventually(partial(intersect, part, heard), describe="the first of these is published")
            await office.end(signal.SIGKILL)
        await publish_orders(producer, orders)  # redelivery of all
        await office.start()

        async def all_published() -> bool:
            heard_both = all(len({event.attributes.sequence for event in heard[subject]}) == 2 for subject in orders)
            return heard_both and (await office.counts())["untold"] == 0

        await eventually(all_published, describe="both events of every order are heard and none waits to be published")
        assert await office.end(signal.SIGTERM) == -signal.SIGTERM
    for subject in orders:
        distinct = {(event.attributes.sequence, event.attributes.id, event.attributes.type) for event in heard[subject]}
        assert {sequence: kind for sequence, _, kind in distinct} == {1: ShipmentDispatchedV1.TYPE, 2: ShipmentDeliveredV1.TYPE}
        assert len(distinct) == 2, "an event published again is the same event"
        assert {event.attributes.source for event in heard[subject]} == {"post"}
    with store_of(keys) as store:
        assert len(store.parcels(1000)) == len(orders)


def intersect(subjects: Iterable[str], heard: Iterable[str]) -> bool:
    return not set(subjects).isdisjoint(heard)


async def test_an_order_that_cannot_be_read_is_kept_aside_and_the_others_go_on(keys: Keys, kafka_bootstrap: str) -> None:
    await create_topics(kafka_bootstrap, [POST_ORDERS, SHIPMENTS])
    good, bad = f"o-{uuid4().hex}", f"o-{uuid4().hex}"
    stranger = Keys(ECKey.generate_key("P-256"), keys.intake, keys.folder)
    async with (
        AIOKafkaProducer(bootstrap_servers=kafka_bootstrap) as producer,
        shipments(kafka_bootstrap) as heard,
        counter(keys, kafka=kafka_bootstrap, post_delivery_seconds=0) as client,
    ):
        await publish_orders(producer, {bad: order(stranger)})
        await producer.send_and_wait(POST_ORDERS.base, b"\xff{", good.encode(), headers=[("ce_id", b"\xff")])
        await publish_orders(producer, {good: order(keys)})
        orders = await eventually(partial(both_refused, client), describe="both bad orders are refused")
        await eventually(lambda: len(heard[good]) >= 2, describe="the good one is delivered")
        assert (await client.get("/health/ready")).json() == {"ready": True, "problems": []}
        (parcel,) = (await client.get("/post/orders")).json()["orders"]
    assert parcel["order"] == good
    assert bad not in heard
    assert ADDRESS not in json.dumps(orders, ensure_ascii=False)


async def both_refused(client: httpx.AsyncClient) -> dict[str, Any]:
    orders: dict[str, Any] = (await client.get("/post/orders")).json()
    assert any("recipient cannot be read" in reason for reason in orders["refused"])
    assert any("header" in reason for reason in orders["refused"])
    return orders


async def test_its_topic_has_as_many_copies_as_it_was_asked_for_or_is_not_made(kafka_bootstrap: str, monkeypatch) -> None:
    """One broker cannot keep two copies: that is said, rather than found out when the broker is lost."""
    topic = replace(SHIPMENTS, base=f"post.shipments-{uuid4().hex[:8]}")
    monkeypatch.setattr("deploy.sandbox.post_office.kafka.SHIPMENTS", topic)
    with pytest.raises(InvalidReplicationFactorError):
        await make_shipments_topic({"bootstrap_servers": kafka_bootstrap}, replication=2)
    await make_shipments_topic({"bootstrap_servers": kafka_bootstrap}, replication=1)
    await create_topics(kafka_bootstrap, [topic])


async def test_the_copies_asked_for_come_from_its_settings(keys: Keys, kafka_bootstrap: str, monkeypatch) -> None:
    topic = replace(SHIPMENTS, base=f"post.shipments-{uuid4().hex[:8]}")
    monkeypatch.setattr("deploy.sandbox.post_office.kafka.SHIPMENTS", topic)
    async with counter(keys, kafka=kafka_bootstrap, replication=2) as http:

        async def said() -> bool:
            return "replication" in (await http.get("/health/ready")).text.lower()

        await eventually(said, describe="the broker's refusal in what it says of its readiness")


@pytest.mark.parametrize("answers", range(1, 9))
async def test_told_to_stop_while_it_connects_it_leaves_no_connection(keys: Keys, kafka_bootstrap: str, answers: int) -> None:
    """Each of its clients asks Kafka two things when it starts, so it is cut off at every one of them."""
    await create_topics(kafka_bootstrap, [POST_ORDERS, SHIPMENTS])
    front = LateKafka(kafka_bootstrap, late=answers)
    async with front.served() as address:
        async with counter(keys, kafka=address):
            await front.asked.wait()
        await eventually(lambda: front.connections == 0, describe="all it opened is closed")
