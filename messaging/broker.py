"""The FastStream broker on which the consumers of a process subscribe: how they start together, and end."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Final

import structlog
from faststream.kafka import KafkaBroker
from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

from messaging.client_start import uncut
from messaging.consumer import GroupConsumer
from messaging.gapless_consumer import GaplessConsumer
from messaging.kafka_access import Brokers, KafkaAccess, Mechanism, access_to
from messaging.membership import NAMELESS, Membership

END_SECONDS: Final = 10.0
METADATA_MS: Final = 30_000
"""So soon a topic or a partition that was not there is noticed."""

_LOGINS: Final = {
    Mechanism.PLAIN: SASLPlaintext,
    Mechanism.SCRAM_SHA_256: SASLScram256,
    Mechanism.SCRAM_SHA_512: SASLScram512,
}

log = structlog.get_logger(__name__)


async def start_consumers(
    kafka: Brokers, consumers: Sequence[GroupConsumer], max_records: int, membership: Membership = NAMELESS
) -> KafkaBroker:
    """Their subscribers, on one FastStream broker; `stop_consumers` ends it."""
    access = access_to(kafka)
    broker = KafkaBroker(
        access.bootstrap.split(","),
        security=_security(access),
        client_id=membership.client_id,
        acks="all",
        enable_idempotence=True,
        allow_auto_create_topics=False,
        metadata_max_age_ms=METADATA_MS,
        logger=None,
        apply_types=False,
        graceful_timeout=END_SECONDS,
    )
    for consumer in consumers:
        consumer.subscribe(broker, kafka, max_records, membership)
    try:
        await uncut(broker.connect())
        config = broker.config.broker_config
        config.builder = partial(GaplessConsumer, **config.builder.keywords)  # type: ignore[attr-defined]
        await uncut(broker.start())
    except BaseException:
        await stop_consumers(broker)
        raise
    return broker


def _security(access: KafkaAccess) -> BaseSecurity:
    context, encrypts = access.ssl_context(), access.protocol.encrypts
    if not access.protocol.asks_for_password:
        return BaseSecurity(ssl_context=context, use_ssl=encrypts)
    return _LOGINS[access.mechanism](username=access.user, password=access.password, ssl_context=context, use_ssl=encrypts)


async def stop_consumers(broker: KafkaBroker) -> None:
    """Waits for the batch in hand, and not for a broker that does not answer."""
    try:
        async with asyncio.timeout(2 * END_SECONDS):
            await broker.stop()
    except TimeoutError:
        log.warning("Kafka does not answer; left without a farewell")
