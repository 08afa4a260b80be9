"""What the Kafka client says to its own loggers: every warning and error is counted, and each kind is in the log once a minute.

It reports every passing change of leader or coordinator as an error, so none of its lines is an alarm by itself; but some faults,
such as a storage error in answer to a fetch, it tells nobody else.
"""

import logging
import time
from typing import Final

import structlog

from messaging import metrics

EACH_SECONDS: Final = 60.0
LONGEST_LINE: Final = 300
CLIENT: Final = "aiokafka"

log = structlog.get_logger(__name__)


class ClientLog(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._said_at: dict[str, float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        part = record.name.rpartition(".")[2]
        metrics.CLIENT_ERRORS.labels(part).inc()
        now, kind = time.monotonic(), str(record.msg)
        if now - self._said_at.get(kind, -EACH_SECONDS) >= EACH_SECONDS:
            self._said_at[kind] = now
            log.warning("the Kafka client says", part=part, line=record.getMessage()[:LONGEST_LINE])


def hear_client() -> None:
    """From now on, once."""
    logger = logging.getLogger(CLIENT)
    if not any(isinstance(handler, ClientLog) for handler in logger.handlers):
        logger.addHandler(ClientLog())
    logger.setLevel(logging.WARNING)
    logger.propagate = False
