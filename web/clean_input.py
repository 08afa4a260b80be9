"""Values that no database can hold are refused before a route sees them, wherever they stand: NUL, lone surrogates, numbers
beyond 64 bits.

pydantic lets all three through, PostgreSQL refuses them, and one of them would sink its whole batch (or turn into a 500).
`create_app` makes this the first dependency of every route, so that no service can forget it.
"""

import math
import re
from collections.abc import AsyncIterator, Iterator
from typing import Final

from fastapi.exceptions import RequestValidationError
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request

from web.addresses import is_form, is_json

_LARGEST: Final = 2**63 - 1
# Text that a lax reader turns into an integer: it overflows just as a number does.
_DIGITS: Final = re.compile(r"\s*[+-]?[0-9_]{19,}(?:\.0*)?\s*", re.ASCII)

Loc = tuple[int | str, ...]


async def clean_input(request: Request) -> AsyncIterator[None]:
    """Raises RequestValidationError naming every value that is impossible. Uploads are closed after the answer."""
    try:
        await _refuse_impossible(request)
        yield
    finally:
        await request.close()


async def _refuse_impossible(request: Request) -> None:
    impossible = [*_in_address(request)]
    if is_json(request):
        impossible += _impossible(await _json(request), ("body",))
    elif is_form(request):
        for name, value in (await _form(request)).multi_items():
            text = value if isinstance(value, str) else value.filename or ""
            impossible += [*_impossible(name, ("form", "name")), *_impossible(text, ("form", name))]
    if impossible:
        raise RequestValidationError([{"type": kind, "loc": loc, "msg": kind, "input": None} for loc, kind in impossible])


async def _json(request: Request) -> object:
    if not await request.body():
        return None
    try:
        body: object = await request.json()
    except (ValueError, RecursionError) as error:
        raise RequestValidationError([{"type": "json_invalid", "loc": ("body",), "msg": "not JSON", "input": None}]) from error
    return body


async def _form(request: Request) -> FormData:
    # FastAPI has parsed, and will close, the form of a route that declares one; this is the same cached object.
    try:
        return await request.form()
    except (ValueError, LookupError) as error:
        raise HTTPException(400) from error


def _in_address(request: Request) -> Iterator[tuple[Loc, str]]:
    for key, value in request.path_params.items():
        yield from _impossible(value, ("path", key))
    for key, value in request.query_params.multi_items():
        yield from _impossible(key, ("query", "name"))
        yield from _impossible(value, ("query", key))
    for key, value in request.headers.items():
        if "\0" in value:
            yield ("header", key), "nul"


def _impossible(value: object, loc: Loc) -> Iterator[tuple[Loc, str]]:
    """Walks without recursion: a body may be nested as deep as its size allows."""
    stack: list[tuple[object, Loc]] = [(value, loc)]
    while stack:
        value, loc = stack.pop()
        if isinstance(value, dict):
            stack.extend((key, (*loc, "name")) for key in value)
            stack.extend((inner, (*loc, key)) for key, inner in value.items())
        elif isinstance(value, list):
            stack.extend((inner, (*loc, at)) for at, inner in enumerate(value))
        elif kind := _kind(value):
            yield loc, kind


def _kind(value: object) -> str | None:
    if isinstance(value, str):
        return _kind_of_text(value)
    if isinstance(value, float):
        return "number_size" if not math.isfinite(value) or abs(value) > _LARGEST else None
    return "number_size" if isinstance(value, int) and abs(value) > _LARGEST else None


def _kind_of_text(text: str) -> str | None:
    if "\0" in text:
        return "nul"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "surrogate"
    return "number_size" if _DIGITS.fullmatch(text) and _too_large(text) else None


def _too_large(text: str) -> bool:
    digits = text.strip().lstrip("+-").replace("_", "").partition(".")[0].lstrip("0")
    # Compared by length first: int() itself refuses thousands of digits.
    return len(digits) > len(str(_LARGEST)) or int(digits or "0") > _LARGEST
