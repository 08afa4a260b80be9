"""How many bytes a second Kafka takes from one client: the request (AlterClientQuotas) that aiokafka does not have."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from struct import pack
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import AbstractType, Array, Boolean, Int16, Int32, Schema, String


class _Float64(AbstractType[float]):
    @classmethod
    def encode(cls, value: float) -> bytes:
        return pack(">d", value)


_ENTITY = ("entity", Array(("entity_type", String("utf-8")), ("entity_name", String("utf-8"))))


class _Answer(Response):
    API_KEY = 49
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("entries", Array(("error_code", Int16), ("error_message", String("utf-8")), _ENTITY)),
    )


class _Question(RequestStruct):
    API_KEY = 49
    API_VERSION = 0
    RESPONSE_TYPE = _Answer
    SCHEMA = Schema(
        (
            "entries",
            Array(_ENTITY, ("ops", Array(("key", String("utf-8")), ("value", _Float64), ("remove", Boolean)))),
        ),
        ("validate_only", Boolean),
    )


class _Quota(Request[_Question]):
    API_KEY = 49

    def __init__(self, client: str, bytes_a_second: float, *, remove: bool) -> None:
        self._entries = [([("client-id", client)], [("producer_byte_rate", bytes_a_second, remove)])]

    def build(self, request_struct_class: type[_Question]) -> _Question:
        return request_struct_class(self._entries, False)


@asynccontextmanager
async def quota(kafka: str, client: str, bytes_a_second: float) -> AsyncIterator[None]:
    """As long as the block lasts."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()

    async def alter(*, remove: bool) -> None:
        answer: Any = await admin._send_to_controller(_Quota(client, bytes_a_second, remove=remove))
        ((code, message, _),) = answer.entries
        assert code == 0, message

    try:
        await alter(remove=False)
        yield
        await alter(remove=True)
    finally:
        await admin.close()
