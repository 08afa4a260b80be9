"""The post office of the sandbox and what surrounds it: its keys, orders sealed for it, its process, its shipments as heard."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from joserfc import jwe
from joserfc.jwk import ECKey

from contracts.envelope import Attributes, Envelope, read_attributes, read_data
from contracts.intake import PostOrderPlacedV1, UnitRef
from contracts.post import RecipientV1
from contracts.topics import POST_ORDERS, SHIPMENTS
from contracts.values import mint_code
from deploy.local.ports import free_ports
from deploy.sandbox.post_office.main import STORE_FILE, build
from deploy.sandbox.post_office.settings import PostOfficeSettings
from deploy.sandbox.post_office.store import Store

NOW = datetime(2026, 2, 16, 2, 0, tzinfo=UTC)
UNIT = "000.00.21.H99"
ADDRESS = "Thôn Đoài, xã Minh Lạc"
CLOSED_PORT = "127.0.0.1:9"


@dataclass(frozen=True)
class Keys:
    """The post's and intake's own keys, and where the post's settings find what it may know of them."""

    post: ECKey
    intake: ECKey
    folder: Path

    @classmethod
    def make(cls, folder: Path) -> Self:
        post, intake = (ECKey.generate_key("P-256", {"kid": kid, "use": "enc"}, private=True) for kid in ("post", "intake"))
        (folder / "post.jwk").write_text(json.dumps(post.as_dict(private=True)))
        (folder / "intake.pub.jwk").write_text(json.dumps(intake.as_dict(private=False)))
        return cls(post, intake, folder)

    @property
    def store_file(self) -> Path:
        return self.folder / "post-office" / STORE_FILE

    def settings(self, **more: Any) -> dict[str, Any]:
        files = {"post_key_file": self.folder / "post.jwk", "intake_public_key_file": self.folder / "intake.pub.jwk"}
        return {"kafka": CLOSED_PORT, "data": self.folder} | files | more


@contextlib.contextmanager
def store_of(keys: Keys) -> Iterator[Store]:
    store = Store(keys.store_file)
    try:
        yield store
    finally:
        store.close()


@contextlib.asynccontextmanager
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
    encrypted = jwe.encrypt_compact({"alg": "ECDH-ES", "enc": "A256GCM"}, recipient.model_dump_json(), keys.post)
    unit = UnitRef(id=UNIT, name="Bộ phận Một cửa huyện Hà An")
    return PostOrderPlacedV1(code=mint_code(UNIT, NOW.date(), number), unit=unit, recipient=encrypted, placed_at=NOW)


def attributes_of(subject: str) -> Attributes:
    return Attributes(
        id=str(uuid4()),
        source="intake",
        type=PostOrderPlacedV1.TYPE,
        subject=subject,
        time=NOW,
        sequence=1,
        correlation=f"request-{subject}",
    )


async def publish_orders(producer: AIOKafkaProducer, orders: Mapping[str, PostOrderPlacedV1]) -> None:
    for subject, placed in orders.items():
        value = placed.model_dump_json().encode()
        await producer.send_and_wait(POST_ORDERS.base, value, subject.encode(), headers=attributes_of(subject).headers())


class PostProcess:
    """`python -m deploy.sandbox.post_office`, to be killed and started again on the same store; it ends with the block."""

    def __init__(self, keys: Keys, kafka: str) -> None:
        (self.port,) = free_ports(1)
        settings = keys.settings(kafka=kafka, http_port=self.port, post_delivery_seconds=0)
        self._environment = os.environ | {f"MOTCUA_{name.upper()}": str(value) for name, value in settings.items()}
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None and self._process.returncode is None:
            await self.end(signal.SIGKILL)

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "deploy.sandbox.post_office", env=self._environment, stdout=asyncio.subprocess.DEVNULL
        )

    async def end(self, by: signal.Signals) -> int:
        assert self._process is not None
        self._process.send_signal(by)
        return await self._process.wait()

    async def counts(self) -> dict[str, int]:
        """What its counter tells; LookupError while nothing answers there."""
        async with httpx.AsyncClient() as client:
            try:
                response = await client.get(f"http://127.0.0.1:{self.port}/post/orders")
            except httpx.TransportError as away:
                raise LookupError from away
        counts: dict[str, int] = response.json()["counts"]
        return counts


@contextlib.asynccontextmanager
async def shipments(kafka: str) -> AsyncIterator[dict[str, list[Envelope]]]:
    """All that the post has published, by subject, read in the background; what cannot be read is raised at the end."""
    heard: dict[str, list[Envelope]] = defaultdict(list)

    async def listen() -> None:
        async for record in consumer:
            attributes = read_attributes(list(record.headers))
            assert record.key == attributes.subject.encode()
            heard[attributes.subject].append(Envelope(attributes, read_data(attributes, record.value)))

    async with AIOKafkaConsumer(SHIPMENTS.base, bootstrap_servers=kafka, auto_offset_reset="earliest") as consumer:
        listener = asyncio.create_task(listen())
        yield heard
        listener.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await listener
