"""How large, how deep and how manifold a body may be, told from its bytes before anything parses it.

A parser makes an object of each value and a sentence of each mistake: a body that is small in bytes can hold the loop for
seconds.
"""

import re
from dataclasses import dataclass
from http import HTTPStatus
from itertools import accumulate
from typing import Final

from python_multipart.multipart import parse_options_header

from contracts.refusal import Refusal
from web.languages import layout_texts

# Possessive, and content to end without its quote: no text makes it look at a byte twice.
_STRINGS: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_OPENING, _CLOSING = b"[{", b"]}"


class TooComplex(Refusal):
    """422: more values, keys, fields or levels than any request of ours needs."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__("too-complex", **layout_texts().in_each("problem.too-complex"))


class TooLarge(Refusal):
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE

    def __init__(self, limit: int) -> None:
        super().__init__("too-large", **layout_texts().in_each("problem.too-large", kilobytes=max(1, limit // 1024)))


class TooSlow(Refusal):
    """408: the body was announced and did not come."""

    status = HTTPStatus.REQUEST_TIMEOUT

    def __init__(self) -> None:
        super().__init__("too-slow", **layout_texts().in_each("problem.too-slow"))


class QueryTooLong(Refusal):
    status = HTTPStatus.REQUEST_URI_TOO_LONG

    def __init__(self) -> None:
        super().__init__("query-too-long", **layout_texts().in_each("problem.query-too-long"))


class NotJson(Refusal):
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__("not-json", **layout_texts().in_each("problem.not-json"))


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyBounds:
    """`size` in bytes, None: the process's own; `depth`: brackets within brackets; `values`: of JSON, without keys; `keys`: of
    all objects; `fields`: of a form. Among a route's dependencies it is what that route bears; it does nothing by itself.
    """

    size: int | None = None
    depth: int = 16
    values: int = 2000
    keys: int = 1000
    fields: int = 500

    async def __call__(self) -> None:
        """A dependency only in name: `web.body_rules` reads it."""


def check_json(body: bytes, bounds: BodyBounds) -> None:
    """Raises TooComplex, or NotJson: UTF-8 has no NUL in JSON, but UTF-16 and UTF-32 have, and would hide brackets."""
    if b"\0" in body:
        raise NotJson
    structure = _STRINGS.sub(b"", body)
    opened = sum(structure.count(bytes([bracket])) for bracket in _OPENING)
    closed = sum(structure.count(bytes([bracket])) for bracket in _CLOSING)
    values, keys = structure.count(b",") + opened + 1, structure.count(b":")
    if values > bounds.values or closed > bounds.values or keys > bounds.keys or _depth(structure) > bounds.depth:
        raise TooComplex


def _depth(structure: bytes) -> int:
    steps = (1 if byte in _OPENING else -1 for byte in structure if byte in _OPENING or byte in _CLOSING)
    return max(accumulate(steps), default=0)


def check_form(body: bytes, content_type: str, bounds: BodyBounds) -> None:
    """Raises TooComplex."""
    boundary = parse_options_header(content_type)[1].get(b"boundary")
    separators = body.count(b"--" + boundary) if boundary else body.count(b"&")
    if separators > bounds.fields:
        raise TooComplex
