"""Kafka's requests about rights and passwords in the shape the brokers take; aiokafka's administrator has no call for them.

Rights: version 1, of all our brokers. Passwords (SCRAM, KIP-554): version 0. A password itself is never sent.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from aiokafka.protocol.admin import CreateAclsRequest_v1, DeleteAclsRequest_v1, DescribeAclsRequest_v1
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import CompactArray, CompactBytes, CompactString, Int8, Int16, Int32, Schema, TaggedFields

ANY: Final = 1
_NAME: Final = CompactString("utf-8")
_SCRAM: Final = 51


class _ScramResponse(Response):  # type: ignore[misc]
    API_KEY = _SCRAM
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "results",
            CompactArray(("user", _NAME), ("error_code", Int16), ("error_message", _NAME), ("tags", TaggedFields)),
        ),
        ("tags", TaggedFields),
    )


class ScramStruct(RequestStruct):  # type: ignore[misc]
    FLEXIBLE_VERSION: ClassVar[bool] = True
    API_KEY = _SCRAM
    API_VERSION = 0
    RESPONSE_TYPE = _ScramResponse
    SCHEMA = Schema(
        ("deletions", CompactArray(("name", _NAME), ("mechanism", Int8), ("tags", TaggedFields))),
        (
            "upsertions",
            CompactArray(
                ("name", _NAME),
                ("mechanism", Int8),
                ("iterations", Int32),
                ("salt", CompactBytes),
                ("salted_password", CompactBytes),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class DescribeAcls(Request[DescribeAclsRequest_v1]):  # type: ignore[misc]
    """Every right there is."""

    API_KEY = DescribeAclsRequest_v1.API_KEY

    def build(self, request_struct_class: type[DescribeAclsRequest_v1]) -> DescribeAclsRequest_v1:
        return request_struct_class(ANY, None, ANY, None, None, ANY, ANY)


class CreateAcls(Request[CreateAclsRequest_v1]):  # type: ignore[misc]
    API_KEY = CreateAclsRequest_v1.API_KEY

    def __init__(self, acls: Sequence[tuple[Any, ...]]) -> None:
        self._acls = list(acls)

    def build(self, request_struct_class: type[CreateAclsRequest_v1]) -> CreateAclsRequest_v1:
        return request_struct_class(self._acls)


class DeleteAcls(Request[DeleteAclsRequest_v1]):  # type: ignore[misc]
    API_KEY = DeleteAclsRequest_v1.API_KEY

    def __init__(self, acls: Sequence[tuple[Any, ...]]) -> None:
        self._acls = list(acls)

    def build(self, request_struct_class: type[DeleteAclsRequest_v1]) -> DeleteAclsRequest_v1:
        return request_struct_class(self._acls)


class AlterScramCredentials(Request[ScramStruct]):  # type: ignore[misc]
    API_KEY = _SCRAM

    def __init__(self, credentials: Sequence[tuple[Any, ...]]) -> None:
        self._credentials = list(credentials)

    def build(self, request_struct_class: type[ScramStruct]) -> ScramStruct:
        return request_struct_class([], self._credentials, {})
