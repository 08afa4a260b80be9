"""The sandbox's post office from outside: its events over real Kafka, its counter over HTTP, its death at any moment."""

import asyncio
import json
import os
import signal
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from joserfc import jwe
from joserfc.jwk import ECKey

from contracts.envelope import Attributes, Envelope, read_attributes, read_data
from contracts.intake import PostOrderPlacedV1, RecipientV1, UnitRef
from contracts.post import ApplicantV1, DossierCollectedV1, ShipmentDeliveredV1, ShipmentDispatchedV1
from contracts.topics import POST_ORDERS, SHIPMENTS
from contracts.values import mint_code
from deploy.local.ports import free_ports
from deploy.sandbox.post_office import PostOfficeSettings, build
from deploy.sandbox.post_office_book import Book
from deploy.sandbox.post_office_clock import clock_from
from messaging.topic_creation import create_topics
from tests.support.eventually import eventually

NOW = datetime(2026, 2, 16, 2, 0, tzinfo=UTC)
UNIT, POST = "000.00.21.H99", "P99.21.01"
ADDRESS = "Thôn Đoài, xã Minh Lạc"
CLOSED_PORT = "127.0.0.1:9"
COLLECTION = {
    "unit": UNIT,
    "postal_unit": POST,
    "procedure": "1.900011",
    "papers": [{"code": "to-khai", "title": "Tờ khai"}],
    "hand_over": "post",
    "applicant": {"name": "Vũ Văn Thư", "identity_number": "034099001234", "address": ADDRESS, "telephone": "0912 345 678"},
}


@dataclass(frozen=True)
class Keys:
    """The post's and intake's own keys, and where the post's settings find what it may know of them."""

    post: ECKey
    intake: ECKey
    folder: Path

    def settings(self, **more: Any) -> dict[str, Any]:
        files = {"post_key_file": self.folder / "post.jwk", "intake_public_key_file": self.folder / "intake.pub.jwk"}
        return {"kafka": CLOSED_PORT, "data": self.folder} | files | more


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    post, intake = (ECKey.generate_key("P-256", {"kid": kid, "use": "enc"}, private=True) for kid in ("post", "intake"))
    (tmp_path / "post.jwk").write_text(json.dumps(post.as_dict(private=True)))
    (tmp_path / "intake.pub.jwk").write_text(json.dumps(intake.as_dict(private=False)))
    return Keys(post, intake, tmp_path)


@contextmanager
def book_of(keys: Keys) -> Iterator[Book]:
    book = Book(keys.folder / "post-office" / "book.sqlite3")
    try:
        yield book
    finally:
        book.close()


@asynccontextmanager
async def counter(keys: Keys, **more: Any) -> AsyncIterator[httpx.AsyncClient]:
    """The office in this process, with its lifespan."""
    app = build(PostOfficeSettings(**keys.settings(**more)))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://post.test") as client,
    ):
        yield client


def order(keys: Keys, number: int = 1) -> PostOrderPlacedV1:
    recipient = RecipientV1(name="Vũ Văn Thư", address=ADDRESS)
    sealed = jwe.encrypt_compact({"alg": "ECDH-ES", "enc": "A256GCM"}, recipient.model_dump_json(), keys.post)
    unit = UnitRef(id=UNIT, name="Bộ phận Một cửa huyện Hà An")
    return PostOrderPlacedV1(code=mint_code(UNIT, NOW.date(), number), unit=unit, recipient=sealed, placed_at=NOW)


def envelope_of(subject: str, source: str = "intake") -> Attributes:
    return Attributes(str(uuid4()), source, PostOrderPlacedV1.TYPE, subject, NOW, 1, correlation=f"request-{subject}")


# --- the counter, with Kafka away ------------------------------------------------------------------------


async def test_a_collection_is_taken_while_kafka_is_away_and_once_per_key(keys: Keys) -> None:
    async with counter(keys) as client:
        headers = {"Idempotency-Key": "collect-0001"}
        first = await client.post("/post/collections", json=COLLECTION, headers=headers)
        again = await client.post("/post/collections", json=COLLECTION, headers=headers)
        other = await client.post("/post/collections", json=COLLECTION | {"papers": []}, headers=headers)
        ready = await client.get("/health/ready")
    assert (first.status_code, again.json()) == (201, first.json())
    assert first.json()["collection"].startswith("c-")
    assert (other.status_code, other.json()["code"]) == (422, "key-reused")
    assert (ready.status_code, ready.json()["ready"]) == (503, False)
    with book_of(keys) as book:
        (row,) = book.outgoing(10)
    assert (row.attributes.subject, row.attributes.sequence) == (first.json()["collection"], 1)
    event = read_data(row.attributes, row.payload)
    assert isinstance(event, DossierCollectedV1)
    opened = ApplicantV1.model_validate_json(jwe.decrypt_compact(event.applicant, keys.intake).plaintext or b"")
    assert (opened.name, opened.telephone) == ("Vũ Văn Thư", "+84912345678")


async def test_the_applicant_is_nowhere_in_the_clear(keys: Keys) -> None:
    async with counter(keys) as client:
        await client.post("/post/collections", json=COLLECTION, headers={"Idempotency-Key": "collect-0001"})
    for file in (keys.folder / "post-office").iterdir():
        assert "Minh Lạc".encode() not in file.read_bytes()
        assert b"034099001234" not in file.read_bytes()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"\xff"',
        b"[" * 5000,
        json.dumps(COLLECTION | {"unit": "nowhere"}).encode(),
        json.dumps(COLLECTION | {"procedure": "x"}).encode(),
        json.dumps(COLLECTION | {"papers": [{"code": "a\0b", "title": "T"}]}).encode(),
        json.dumps(COLLECTION | {"papers": [{"code": "a", "title": "T"}] * 201}).encode(),
        json.dumps(COLLECTION | {"applicant": {"name": "a\0"}}).encode(),
        json.dumps(COLLECTION | {"applicant": {**COLLECTION["applicant"], "name": "\ud800"}}).encode(),  # type: ignore[dict-item]
        json.dumps(COLLECTION | {"hand_over": "pigeon"}).encode(),
    ],
)
async def test_bad_input_is_refused_and_nothing_is_kept(keys: Keys, body: bytes) -> None:
    headers = {"Idempotency-Key": "collect-0001", "Content-Type": "application/json"}
    async with counter(keys) as client:
        answer = await client.post("/post/collections", content=body, headers=headers)
        assert answer.status_code in {400, 422}
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["vi"]
        assert "Vũ Văn" not in answer.text
        assert (await client.get("/post/orders")).json()["counts"]["collected"] == 0


@pytest.mark.parametrize("key", [None, "short", "with space in it", "x" * 129])
async def test_a_key_is_owed(keys: Keys, key: str | None) -> None:
    async with counter(keys) as client:
        answer = await client.post("/post/collections", json=COLLECTION, headers={"Idempotency-Key": key} if key else {})
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-missing")


# --- the book: what happens and its event are one ---------------------------------------------------------


def test_an_order_is_carried_once_and_its_address_forgotten(keys: Keys) -> None:
    placed, attributes = order(keys), envelope_of("o-1")
    with book_of(keys) as book:
        assert book.take_order(attributes, placed.code, UNIT, placed.recipient, NOW, NOW + timedelta(seconds=5))
        assert not book.take_order(attributes, placed.code, UNIT, placed.recipient, NOW, NOW)
        assert book.deliver(NOW + timedelta(seconds=4)) == 0
        assert placed.recipient.encode() in (keys.folder / "post-office" / "book.sqlite3").read_bytes()
        assert book.deliver(NOW + timedelta(seconds=5)) == 1
        assert book.deliver(NOW + timedelta(seconds=6)) == 0
        told = book.outgoing(10)
    assert [(row.attributes.sequence, row.attributes.type) for row in told] == [
        (1, ShipmentDispatchedV1.TYPE),
        (2, ShipmentDeliveredV1.TYPE),
    ]
    assert {row.attributes.correlation for row in told} == {"request-o-1"}
    assert placed.recipient.encode() not in (keys.folder / "post-office" / "book.sqlite3").read_bytes()


def test_an_event_not_struck_out_is_told_again_as_it_was(keys: Keys) -> None:
    with book_of(keys) as book:
        book.take_order(envelope_of("o-1"), order(keys).code, UNIT, "x.y", NOW, NOW)
        before = book.outgoing(10)
    with book_of(keys) as book:
        assert book.outgoing(10) == before
        book.strike_out(before)
        assert book.outgoing(10) == []


@pytest.mark.parametrize(("setting", "days"), [("+3d", 3), ("-48h", -2), ("", 0)])
def test_its_clock_moves_with_the_sandbox(setting: str, days: int) -> None:
    shift = clock_from(setting)() - datetime.now(UTC)
    assert abs(shift - timedelta(days=days)) < timedelta(minutes=1)
    assert clock_from("2026-02-16T09:00:00+07:00")() - NOW < timedelta(minutes=1)


# --- the wire: the real process over real Kafka -----------------------------------------------------------


class PostProcess:
    """`python -m deploy.sandbox.post_office`, to be killed and started again on the same book."""

    def __init__(self, keys: Keys, kafka: str) -> None:
        (self.port,) = free_ports(1)
        given = keys.settings(kafka=kafka, http_port=self.port, post_delivery_seconds=0)
        self._environment = os.environ | {f"MOTCUA_{name.upper()}": str(value) for name, value in given.items()}
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "deploy.sandbox.post_office", env=self._environment, stdout=asyncio.subprocess.DEVNULL
        )

    async def end(self, how: signal.Signals) -> int:
        assert self._process is not None
        self._process.send_signal(how)
        return await self._process.wait()

    async def orders(self) -> dict[str, Any]:
        async with httpx.AsyncClient() as client:
            try:
                answer = await client.get(f"http://127.0.0.1:{self.port}/post/orders")
            except httpx.TransportError as away:
                raise LookupError from away
        found: dict[str, Any] = answer.json()
        return found


@asynccontextmanager
async def shipments(kafka: str) -> AsyncIterator[dict[str, list[Envelope]]]:
    """All that the post has told since, by subject, read in the background."""
    heard: dict[str, list[Envelope]] = defaultdict(list)

    async def listen() -> None:
        async for record in consumer:
            attributes = read_attributes(list(record.headers))
            assert record.key == attributes.subject.encode()
            heard[attributes.subject].append(Envelope(attributes, read_data(attributes, record.value)))

    async with AIOKafkaConsumer(SHIPMENTS.base, bootstrap_servers=kafka, auto_offset_reset="earliest") as consumer:
        listening = asyncio.create_task(listen())
        yield heard
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def place(producer: AIOKafkaProducer, orders: Mapping[str, PostOrderPlacedV1]) -> None:
    for subject, placed in orders.items():
        value = placed.model_dump_json().encode()
        await producer.send_and_wait(POST_ORDERS.base, value, subject.encode(), headers=envelope_of(subject).headers())


async def test_orders_are_carried_through_any_death_without_losing_or_inventing_events(keys: Keys, kafka_bootstrap: str) -> None:
    await create_topics(kafka_bootstrap, [POST_ORDERS, SHIPMENTS])
    orders = {f"o-{uuid4().hex}": order(keys, number) for number in range(1, 121)}
    subjects = list(orders)
    office = PostProcess(keys, kafka_bootstrap)
    async with AIOKafkaProducer(bootstrap_servers=kafka_bootstrap) as producer, shipments(kafka_bootstrap) as heard:
        for death in range(3):
            part = {subject: orders[subject] for subject in subjects[death * 40 : death * 40 + 40]}
            await place(producer, part)
            await office.start()
            await eventually(partial(any_of, part, heard), describe="the first of these is told")
            await office.end(signal.SIGKILL)
        await place(producer, orders)  # redelivery of all
        await office.start()
        await eventually(lambda: all(len({e.attributes.sequence for e in heard[s]}) == 2 for s in subjects), within=30)
        await eventually(partial(all_told, office), describe="the book has nothing left to tell")
        assert await office.end(signal.SIGTERM) == -signal.SIGTERM
        for subject in subjects:
            told = {(e.attributes.sequence, e.attributes.id, e.attributes.type) for e in heard[subject]}
            assert {sequence: kind for sequence, _, kind in told} == {1: ShipmentDispatchedV1.TYPE, 2: ShipmentDeliveredV1.TYPE}
            assert len(told) == 2
            assert {e.attributes.source for e in heard[subject]} == {"post"}
    with book_of(keys) as book:
        assert len(book.parcels(1000)) == len(orders)


def any_of(subjects: Iterable[str], heard: Mapping[str, object]) -> bool:
    return any(subject in heard for subject in subjects)


async def all_told(office: PostProcess) -> Any:
    return (await office.orders())["counts"]["untold"] == 0


async def test_an_order_that_cannot_be_read_is_kept_aside_and_the_others_go_on(keys: Keys, kafka_bootstrap: str) -> None:
    await create_topics(kafka_bootstrap, [POST_ORDERS, SHIPMENTS])
    good, bad = f"o-{uuid4().hex}", f"o-{uuid4().hex}"
    stranger = Keys(ECKey.generate_key("P-256"), keys.intake, keys.folder)
    async with (
        AIOKafkaProducer(bootstrap_servers=kafka_bootstrap) as producer,
        shipments(kafka_bootstrap) as heard,
        counter(keys, kafka=kafka_bootstrap, post_delivery_seconds=0) as client,
    ):
        await place(producer, {bad: order(stranger)})
        await producer.send_and_wait(POST_ORDERS.base, b"\xff{", good.encode(), headers=[("ce_id", b"\xff")])
        await place(producer, {good: order(keys)})
        await eventually(lambda: len(heard[good]) >= 2, describe="the good one is delivered")
        answer = (await client.get("/post/orders")).json()
        assert (await client.get("/health/ready")).json() == {"ready": True, "problems": []}
    assert bad not in heard
    assert answer["orders"][0]["order"] == good
    assert any("recipient cannot be read" in reason for reason in answer["refused"])
    assert any("header" in reason for reason in answer["refused"])
    assert ADDRESS not in json.dumps(answer, ensure_ascii=False)
