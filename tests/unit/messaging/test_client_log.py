"""No warning or error of the Kafka client is lost: counted each time, said once a minute."""

import logging
from collections.abc import Iterator, MutableMapping
from typing import Any

import pytest
import structlog
from prometheus_client import REGISTRY
from structlog.testing import LogCapture

from messaging import client_log
from messaging.client_log import CLIENT, ClientLog, hear_client

LOGGER = logging.getLogger("aiokafka.consumer.fetcher")


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[MutableMapping[str, Any]]:
    """The lines of our own log, however logging is configured."""
    capture = LogCapture()
    monkeypatch.setattr(client_log, "log", structlog.wrap_logger(None, processors=[capture], wrapper_class=structlog.BoundLogger))
    return capture.entries


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    client = logging.getLogger(CLIENT)
    before = client.handlers[:], client.level, client.propagate
    client.handlers[:] = []
    hear_client()
    yield
    client.handlers[:], client.level, client.propagate = before


def counted() -> float:
    return REGISTRY.get_sample_value("motcua_kafka_client_errors_total", {"part": "fetcher"}) or 0.0


def test_every_error_is_counted_and_each_kind_said_once_a_minute(
    monkeypatch: pytest.MonkeyPatch, said: list[MutableMapping[str, Any]]
) -> None:
    now = 1000.0
    monkeypatch.setattr(client_log.time, "monotonic", lambda: now)
    before = counted()
    for number in range(3):
        LOGGER.warning("Unexpected error while fetching data: %s", number)
    LOGGER.error("Failed fetch messages from %s", 1)
    LOGGER.info("of no interest")
    assert counted() - before == 4
    assert [line["line"] for line in said] == ["Unexpected error while fetching data: 0", "Failed fetch messages from 1"]
    now += client_log.EACH_SECONDS
    LOGGER.warning("Unexpected error while fetching data: %s", 3)
    assert [line["part"] for line in said[2:]] == ["fetcher"]


def test_it_is_heard_once_however_often_that_is_asked() -> None:
    hear_client()
    hear_client()
    assert sum(isinstance(handler, ClientLog) for handler in logging.getLogger(CLIENT).handlers) == 1
