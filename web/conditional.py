"""Nobody overwrites what they have not seen: a change names the version it was made on (`If-Match: "7"`); a stale one is refused.

A form carries the version as the hidden field `if_match`.
"""

import re
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import Depends, Header
from starlette.requests import Request
from starlette.responses import Response

from contracts.refusal import Refusal
from web.addresses import is_form
from web.languages import layout_texts

HEADER: Final = "If-Match"
FIELD: Final = "if_match"
PATTERN: Final = r'^(W/)?"[0-9]{1,18}(-(gzip|br|zstd))?"$'
"""For the OpenAPI document."""
# A front door that compresses marks the tag as weak or with the encoding; the version in it is the same.
_TAG: Final = re.compile(r'(?:W/)?"([0-9]{1,18})(?:-(?:gzip|br|zstd))?"')


class _Conditional(Refusal):
    def __init__(self, code: str) -> None:
        super().__init__(code, **layout_texts().in_each(f"problem.{code}"))


class VersionMissing(_Conditional):
    status = HTTPStatus.PRECONDITION_REQUIRED

    def __init__(self) -> None:
        super().__init__("version-missing")


class VersionMalformed(_Conditional):
    status = HTTPStatus.BAD_REQUEST

    def __init__(self) -> None:
        super().__init__("version-malformed")


class StaleWrite(_Conditional):
    """412: somebody changed it meanwhile. `current` is the version that stands now."""

    status = HTTPStatus.PRECONDITION_FAILED

    def __init__(self, current: int | None = None) -> None:
        super().__init__("stale-write")
        self.current = current


async def if_match(
    request: Request,
    header: Annotated[
        str | None, Header(alias=HEADER, description='Required (forms: the field `if_match`): the ETag last seen, `"7"`.')
    ] = None,
) -> int:
    offered = header
    if offered is None and is_form(request):
        field = (await request.form()).get(FIELD)
        offered = f'"{field}"' if isinstance(field, str) and field else None
    if offered is None:
        raise VersionMissing
    match = _TAG.fullmatch(offered.strip())
    if match is None:
        raise VersionMalformed
    return int(match[1])


IfMatch = Annotated[int, Depends(if_match)]


def require_current(seen: int, current: int) -> None:
    """Raises StaleWrite if what the caller saw is no longer what stands."""
    if seen != current:
        raise StaleWrite(current)


def set_etag(response: Response, version: int) -> None:
    response.headers["ETag"] = f'"{version}"'
