"""Which topic it is that bears a name: Kafka gives each an id that no other ever had, also not one made anew under the same name.

aiokafka asks for metadata in a version that does not tell it; this is the request that does, in Kafka's own protocol (version 12:
brokers from 3.1 on, so all of ours).
"""

import uuid
from collections.abc import Iterable
from io import BytesIO
from typing import Any, ClassVar, Final

from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import AbstractType, Boolean, CompactArray, CompactString, Int16, Int32, Schema, TaggedFields

_METADATA: Final = 3
_VERSION: Final = 12
_ID_BYTES: Final = 16
_NONE: Final = bytes(_ID_BYTES)
_NAME: Final = CompactString("utf-8")


class _Uuid(AbstractType[bytes]):  # type: ignore[misc]
    @classmethod
    def encode(cls, value: bytes) -> bytes:
        return value

    @classmethod
    def decode(cls, data: BytesIO) -> bytes:
        return data.read(_ID_BYTES)


_BROKER: Final = (("node_id", Int32), ("host", _NAME), ("port", Int32), ("rack", _NAME), ("tags", TaggedFields))
_PARTITION: Final = (
    ("error_code", Int16),
    ("partition", Int32),
    ("leader", Int32),
    ("leader_epoch", Int32),
    ("replicas", CompactArray(Int32)),
    ("isr", CompactArray(Int32)),
    ("offline_replicas", CompactArray(Int32)),
    ("tags", TaggedFields),
)
_TOPIC: Final = (
    ("error_code", Int16),
    ("name", _NAME),
    ("topic_id", _Uuid),
    ("is_internal", Boolean),
    ("partitions", CompactArray(*_PARTITION)),
    ("authorized_operations", Int32),
    ("tags", TaggedFields),
)


class _TopicIdResponse(Response):  # type: ignore[misc]
    API_KEY = _METADATA
    API_VERSION = _VERSION
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("brokers", CompactArray(*_BROKER)),
        ("cluster_id", _NAME),
        ("controller_id", Int32),
        ("topics", CompactArray(*_TOPIC)),
        ("tags", TaggedFields),
    )


class _TopicIdStruct(RequestStruct):  # type: ignore[misc]
    FLEXIBLE_VERSION: ClassVar[bool] = True
    API_KEY = _METADATA
    API_VERSION = _VERSION
    RESPONSE_TYPE = _TopicIdResponse
    SCHEMA = Schema(
        ("topics", CompactArray(("topic_id", _Uuid), ("name", _NAME), ("tags", TaggedFields))),
        ("allow_auto_topic_creation", Boolean),
        ("include_topic_authorized_operations", Boolean),
        ("tags", TaggedFields),
    )


class _TopicIdRequest(Request[_TopicIdStruct]):  # type: ignore[misc]
    API_KEY = _METADATA

    def __init__(self, names: Iterable[str]) -> None:
        self._names = sorted(set(names))

    def build(self, request_struct_class: type[_TopicIdStruct]) -> _TopicIdStruct:
        return request_struct_class([(_NONE, name, {}) for name in self._names], False, False, {})


async def topic_ids(client: Any, names: Iterable[str]) -> dict[str, str]:
    """The id of each topic that is there, in hex, as an AIOKafkaClient is told it. Raises KafkaError."""
    response = await client.send(client.get_random_node(), _TopicIdRequest(names))
    described = (dict(zip((name for name, _ in _TOPIC), topic, strict=True)) for topic in response.topics)
    return {topic["name"]: uuid.UUID(bytes=topic["topic_id"]).hex for topic in described if topic["topic_id"] != _NONE}
