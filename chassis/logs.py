"""Structured logs: one JSON object a line on standard output, with process and correlation id; no personal data is ever bound.

A traceback says where an exception came from. What it says itself is left out where it may quote a row, a parameter or a value
that was refused (`messaging.faults.loggable`), ours and other libraries' lines alike.
"""

import logging
import sys
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import structlog

from messaging.client_log import hear_client
from messaging.faults import loggable


def configure_logs(process: str, level: str = "INFO") -> None:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(exception_text),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(PlainFormatter("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    hear_client()


class PlainFormatter(logging.Formatter):
    """For the lines of libraries, with our tracebacks."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 -- named by logging
        return exception_text(ei)


def exception_text(exc_info: tuple[type[BaseException], BaseException, TracebackType | None]) -> str:
    """The traceback of an exception and of those that led to it, the first one first."""
    return "\n".join(_text(error) for error in reversed([*_chain(exc_info[1])]))


def _text(error: BaseException) -> str:
    inside = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    texts = [exception_text((type(inner), inner, inner.__traceback__)) for inner in inside]
    return "\n".join(["".join(traceback.format_tb(error.__traceback__)) + loggable(error), *texts])


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
