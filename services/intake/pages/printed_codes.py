"""What a scanner reads from paper, as SVG that stands in the page itself: the same for the same text, whenever it is printed."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from typing import Any, Final, Literal

import segno
from barcode.codex import Code128
from markupsafe import Markup

Paper = Literal["a5", "a4"]
_QUIET: Final = 10
"""Modules without a bar at each end, as Code 128 asks."""


@lru_cache(maxsize=256)
def bars_of(code: str) -> Markup:
    """Code 128, stretched to the room that the style gives it. `code` is a code or number of ours."""
    encoded: Any = Code128(code)
    modules = [False] * _QUIET + [module == "1" for module in encoded.build()[0]] + [False] * _QUIET
    return _svg(len(modules), 1, _runs(modules, 0), stretched=True)


@lru_cache(maxsize=256)
def qr_of(address: str) -> Markup:
    symbol: Any = segno.make(address, error="m", micro=False)
    rows = [list(row) for row in symbol.matrix_iter(border=4)]
    return _svg(len(rows), len(rows), "".join(_runs(row, y) for y, row in enumerate(rows)))


def _runs(modules: Iterable[object], y: int) -> str:
    """The dark modules of a line, those beside one another as one."""
    at, path = 0, ""
    for module, run in groupby(modules):
        width = len(list(run))
        path += f"M{at} {y}h{width}v1h-{width}z" if module else ""
        at += width
    return path


def _svg(width: int, height: int, path: str, *, stretched: bool = False) -> Markup:
    ratio = ' preserveAspectRatio="none"' if stretched else ""
    return Markup(
        '<svg viewBox="0 0 {} {}"{} aria-hidden="true"><path fill="#fff" d="M0 0h{}v{}h-{}z"/><path d="{}"/></svg>'
    ).format(width, height, Markup(ratio), width, height, width, path)  # noqa: S704 -- numbers only
