"""What goes wrong at the counter, in the shape that all of Một Cửa uses, and never with what was typed."""

import sqlite3
from http import HTTPStatus
from typing import Any, Final

from fastapi import Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from deploy.sandbox.post_office.store import KeyReused


class BadKey(Exception):  # noqa: N818 -- a mistake of the caller
    pass


def _problem(status: int, code: str, vi: str, en: str, fields: list[str] | None = None) -> Response:
    errors = [{"field": field, "vi": vi, "en": en} for field in fields or []]
    body = {
        "type": f"urn:motcua:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": vi,
        "vi": vi,
        "en": en,
        "errors": errors,
    }
    return JSONResponse(body, status, media_type="application/problem+json")


async def _on_invalid(_: Request, error: Any) -> Response:
    return _problem(
        422, "invalid", "Có chỗ chưa đúng.", "Some values are not right.", [_field(fault) for fault in error.errors()[:50]]
    )


def _field(fault: dict[str, Any]) -> str:
    """Where the fault is, below the body. Names of fields are the caller's own text: only printable ones, and not too long."""
    return ".".join(name for name in map(str, fault["loc"][1:]) if name.isprintable())[:200]


async def _on_http(_: Request, error: Any) -> Response:
    return _problem(error.status_code, "bad-request", "Không nhận được yêu cầu này.", "This request cannot be taken.")


async def _on_bad_key(_: Request, __: Any) -> Response:
    vi, en = "Cần Idempotency-Key, 8 đến 128 ký tự ASCII.", "An Idempotency-Key of 8 to 128 ASCII characters is needed."
    return _problem(400, "idempotency-key-missing", vi, en, ["Idempotency-Key"])


async def _on_key_reused(_: Request, __: Any) -> Response:
    vi, en = "Idempotency-Key này đã dùng cho lần gom khác.", "This Idempotency-Key was used for another collection."
    return _problem(422, "key-reused", vi, en, ["Idempotency-Key"])


async def _on_busy(_: Request, __: Any) -> Response:
    response = _problem(503, "unavailable", "Bưu cục đang bận.", "The post office is busy.")
    response.headers["Retry-After"] = "2"
    return response


HANDLERS: Final[dict[type[Exception], Any]] = {
    RequestValidationError: _on_invalid,
    HTTPException: _on_http,
    BadKey: _on_bad_key,
    KeyReused: _on_key_reused,
    sqlite3.OperationalError: _on_busy,
}
