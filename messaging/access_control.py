"""Makes a cluster know our users and what each may do: as declared, no less and no more. Again, it finds its work done.

Rights of other users are left alone. Needs somebody who may alter the cluster.
"""

import hashlib
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import for_code

from contracts.kafka_rights import USERS, Operation, Resource, Right
from messaging.access_requests import AlterScramCredentials, CreateAcls, DeleteAcls, DescribeAcls
from messaging.client_start import uncut
from messaging.kafka_access import Brokers, client_arguments

ITERATIONS: Final = 4096
"""Kafka's least. Passwords here are drawn, not chosen: more rounds would make no guess harder, and every connection slower."""
_SHA_256: Final = 1
_LITERAL, _PREFIXED, _ALLOW = 3, 4, 3
_PRINCIPAL: Final = "User:"
_ANYWHERE: Final = "*"
_RESOURCES: Final = {Resource.TOPIC: 2, Resource.GROUP: 3, Resource.TRANSACTIONAL_ID: 5}
_OPERATIONS: Final = {
    Operation.READ: 3,
    Operation.WRITE: 4,
    Operation.CREATE: 5,
    Operation.DESCRIBE: 8,
    Operation.DESCRIBE_CONFIGS: 10,
}
Acl = tuple[int, str, int, str, str, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """How many rights were given and taken, and of how many users the password was set."""

    given: int
    taken: int
    passwords: int


async def apply_rights(kafka: Brokers, rights: Collection[Right], passwords: Mapping[str, str]) -> Changes:
    """`passwords` by user, for SCRAM-SHA-256; none where users are kept elsewhere. Raises KafkaError."""
    wanted = {_acl_of(right) for right in rights}
    admin = AIOKafkaAdminClient(**client_arguments(kafka), request_timeout_ms=10_000)
    try:
        await uncut(admin.start())
        there = await _acls_of_ours(admin)
        await _set_passwords(admin, passwords)
        if given := sorted(wanted - there):
            response = await _send(admin, CreateAcls(given))
            _check(response.creation_responses)
        if taken := sorted(there - wanted):
            response = await _send(admin, DeleteAcls(taken))
            _check(response.filter_responses)
    finally:
        await admin.close()
    return Changes(given=len(given), taken=len(taken), passwords=len(passwords))


def _acl_of(right: Right) -> Acl:
    pattern = _PREFIXED if right.prefixed else _LITERAL
    resource, operation = _RESOURCES[right.resource], _OPERATIONS[right.operation]
    return (resource, right.name, pattern, f"{_PRINCIPAL}{right.user}", _ANYWHERE, operation, _ALLOW)


async def _acls_of_ours(admin: AIOKafkaAdminClient) -> set[Acl]:
    response = await _send(admin, DescribeAcls())
    _check([(response.error_code, response.error_message)])
    ours = {f"{_PRINCIPAL}{user}" for user in USERS}
    return {
        (resource, name, pattern, principal, host, operation, permission)
        for resource, name, pattern, acls in response.resources
        for principal, host, operation, permission in acls
        if principal in ours
    }


async def _set_passwords(admin: AIOKafkaAdminClient, passwords: Mapping[str, str]) -> None:
    if passwords:
        response = await _send(admin, AlterScramCredentials([_credential(*entry) for entry in passwords.items()]))
        _check((code, message) for _, code, message, _ in response.results)


def _credential(user: str, password: str) -> tuple[Any, ...]:
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    return (user, _SHA_256, ITERATIONS, salt, salted, {})


async def _send(admin: AIOKafkaAdminClient, request: Any) -> Any:
    return await admin._send_request(request)  # noqa: SLF001 -- it has no call of its own for these


def _check(results: Iterable[tuple[Any, ...]]) -> None:
    for code, message, *_ in results:
        if code:
            raise for_code(code)(message)
