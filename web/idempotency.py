"""The same key means the same command: a slow line, a double click or F5 never makes two dossiers.

Programs send the header `Idempotency-Key`; a form carries it as a hidden field that is minted when the page is made.
"""

import re
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import Depends, Header
from starlette.requests import Request

from contracts.refusal import Refusal
from web.addresses import is_form
from web.languages import layout_texts

HEADER: Final = "Idempotency-Key"
FIELD: Final = "idempotency_key"
PATTERN: Final = "^[!-~]{8,128}$"
"""For the OpenAPI document."""
_KEY: Final = re.compile(PATTERN)


class BadIdempotencyKey(Refusal):
    """400: missing, or not 8 to 128 visible ASCII characters."""

    status = HTTPStatus.BAD_REQUEST

    def __init__(self, fault: str) -> None:
        code = f"idempotency-key-{fault}"
        super().__init__(code, **layout_texts().in_each(f"problem.{code}"), field=HEADER)


async def idempotency_key(
    request: Request,
    header: Annotated[
        str | None,
        Header(
            alias=HEADER,
            description="Required (forms: field `idempotency_key`). 8 to 128 visible ASCII characters, new per command.",
        ),
    ] = None,
) -> str:
    key = header
    if key is None and is_form(request):
        field = (await request.form()).get(FIELD)
        key = field if isinstance(field, str) else None
    if not key:
        raise BadIdempotencyKey("missing")
    if not _KEY.fullmatch(key):
        raise BadIdempotencyKey("malformed")
    return key


IdempotencyKey = Annotated[str, Depends(idempotency_key)]
