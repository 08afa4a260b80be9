"""What a scanner reads from the SVG that pages print: the dark runs drawn on a grid, given to a real decoder."""

import re
from typing import Final

import zxingcpp

_VIEW: Final = re.compile(r'viewBox="0 0 (\d+) (\d+)"')
_RUN: Final = re.compile(r"M(\d+) (\d+)h(\d+)v1h-\3z")
_PIXELS: Final = 3
"""To a module; a bar code is drawn as high as it is read by a hand-held scanner."""


def read_printed(svg: str) -> tuple[str, str]:
    """(format, text) of the one code in it."""
    width, height = map(int, _VIEW.findall(svg)[0])
    tall = 1 if height > 1 else 60
    grid = [bytearray(b"\xff" * width * _PIXELS) for _ in range(height)]
    for x, y, run in (map(int, dark) for dark in _RUN.findall(svg.partition('<path d="')[2])):
        grid[y][x * _PIXELS : (x + run) * _PIXELS] = b"\0" * run * _PIXELS
    lines = b"".join(bytes(row) * _PIXELS * tall for row in grid)
    picture = memoryview(lines).cast("B", [height * _PIXELS * tall, width * _PIXELS])
    (barcode,) = zxingcpp.read_barcodes(picture)
    return barcode.format.name, barcode.text
