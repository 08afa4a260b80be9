"""The post's counter takes collections in while Kafka is away, once per key, and shows and keeps nobody's data in the clear."""

import json
from typing import Any

import httpx
import pytest
from joserfc import jwe

from contracts.envelope import read_data
from contracts.post import ApplicantV1, DossierCollectedV1
from tests.support.eventually import eventually
from tests.support.post_office_world import ADDRESS, UNIT, Keys, counter, store_of

COLLECTION: dict[str, Any] = {
    "unit": UNIT,
    "postal_unit": "P99.21.01",
    "procedure": "1.900011",
    "papers": [{"code": "to-khai", "title": "Tờ khai"}],
    "hand_over": "post",
    "applicant": {"name": "Vũ Văn Thư", "identity_number": "034099001234", "address": ADDRESS, "telephone": "0912 345 678"},
}


async def collect(
    client: httpx.AsyncClient, collection: dict[str, Any] = COLLECTION, key: str = "collect-0001"
) -> httpx.Response:
    return await client.post("/post/collections", json=collection, headers={"Idempotency-Key": key})


async def test_a_collection_is_taken_while_kafka_is_away_and_once_per_key(keys: Keys) -> None:
    async with counter(keys) as client:
        first, again = await collect(client), await collect(client)
        other = await collect(client, COLLECTION | {"papers": []})
    assert (first.status_code, again.json()) == (201, first.json())
    assert first.json()["collection"].startswith("c-")
    assert (other.status_code, other.json()["code"]) == (422, "key-reused")
    with store_of(keys) as store:
        (row,) = store.unpublished(10)
    assert (row.attributes.subject, row.attributes.sequence) == (first.json()["collection"], 1)
    event = read_data(row.attributes, row.payload)
    assert isinstance(event, DossierCollectedV1)
    decrypted = ApplicantV1.model_validate_json(jwe.decrypt_compact(event.applicant, keys.intake).plaintext or b"")
    assert (decrypted.name, decrypted.telephone) == ("Vũ Văn Thư", "+84912345678")


async def test_readiness_names_what_waits_for_kafka(keys: Keys) -> None:
    async with counter(keys) as client:

        async def problems() -> dict[str, str]:
            response = await client.get("/health/ready")
            assert (response.status_code, response.json()["ready"]) == (503, False)
            return dict(problem.split(": ", 1) for problem in response.json()["problems"])

        async def waits_for_kafka() -> bool:
            waiting = await problems()
            return waiting.keys() == {"orders", "shipments"} and all("KafkaConnectionError" in why for why in waiting.values())

        await eventually(waits_for_kafka)


async def test_the_applicant_is_nowhere_in_the_clear(keys: Keys) -> None:
    async with counter(keys) as client:
        assert (await collect(client)).status_code == 201
    content = b"".join(file.read_bytes() for file in keys.store_file.parent.iterdir())
    assert DossierCollectedV1.TYPE.encode() in content
    for value in COLLECTION["applicant"].values():
        assert value.encode() not in content


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
        json.dumps(COLLECTION | {"applicant": {**COLLECTION["applicant"], "name": "\ud800"}}).encode(),
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
        assert (await collect(client)).status_code == 201, "the key is still free"


@pytest.mark.parametrize("key", [None, "x" * 7, "with space in it", "x" * 129])
async def test_a_key_is_owed(keys: Keys, key: str | None) -> None:
    async with counter(keys) as client:
        answer = await client.post("/post/collections", json=COLLECTION, headers={"Idempotency-Key": key} if key else {})
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-missing")


@pytest.mark.parametrize("length", [8, 128])
async def test_a_key_may_be_as_short_and_as_long_as_it_says(keys: Keys, length: int) -> None:
    async with counter(keys) as client:
        assert (await collect(client, key="x" * length)).status_code == 201
