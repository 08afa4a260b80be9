"""One id follows a request through its logs, its events and its answer: `X-Request-Id` in and out."""

import re
from contextvars import ContextVar
from typing import Final
from uuid import uuid4

HEADER: Final = "X-Request-Id"

request_id: Final[ContextVar[str]] = ContextVar("request_id", default="")

_ACCEPTED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{7,63}")


def accept_or_new(offered: str | None) -> str:
    """The caller's id if it is harmless in a log line, else a new one."""
    return offered if offered and _ACCEPTED.fullmatch(offered) else str(uuid4())


def current() -> str | None:
    """The id of the request being served; None outside of one."""
    return request_id.get() or None
