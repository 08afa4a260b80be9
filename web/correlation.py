"""One id follows a request through its logs, its events and its answer: `X-Request-Id` in and out."""

import re
from contextvars import ContextVar
from typing import Final
from uuid import uuid4

HEADER: Final = "X-Request-Id"

request_id: Final[ContextVar[str]] = ContextVar("request_id", default="")

_OURS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def accept_or_new(offered: str | None) -> str:
    """The caller's id if it has the shape of ours, a random UUID, else a new one: it goes into events, which are kept for ever,
    and anything else could be somebody's number or name.
    """
    return offered if offered and _OURS.fullmatch(offered) else str(uuid4())


def current() -> str | None:
    """The id of the request being served; None outside of one."""
    return request_id.get() or None
