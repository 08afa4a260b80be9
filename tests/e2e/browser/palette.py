"""A browser's screenshot made small: at most 256 colours, one byte a pixel. Pages have few: nothing is lost to the eye."""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST = 256


def shrink(path: Path) -> None:
    """Rewrite an 8-bit RGB or RGBA picture in place."""
    chunks = list(_chunks(path.read_bytes()))
    width, height, _, kind = struct.unpack(">IIBB", chunks[0][1][:10])
    size = {2: 3, 6: 4}[kind]
    raw = zlib.decompress(b"".join(data for name, data in chunks if name == b"IDAT"))
    rows = list(_unfiltered(raw, width * size, size))
    pixels = [[row[at : at + 3] for at in range(0, len(row), size)] for row in rows]
    seen = Counter(pixel for row in pixels for pixel in row)
    kept = [colour for colour, _ in seen.most_common(MOST)]
    nearest = {colour: _nearest(colour, kept) for colour in seen}
    lines = b"".join(b"\0" + bytes(nearest[pixel] for pixel in row) for row in pixels)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", header), (b"PLTE", b"".join(kept)), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    path.write_bytes(SIGNATURE + b"".join(_chunk(name, data) for name, data in parts))


def _nearest(colour: bytes, kept: list[bytes]) -> int:
    return min(range(len(kept)), key=lambda at: sum((a - b) ** 2 for a, b in zip(colour, kept[at], strict=True)))


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at < len(picture):
        (length,) = struct.unpack(">I", picture[at : at + 4])
        yield picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]
        at += length + 12


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _unfiltered(raw: bytes, stride: int, size: int) -> Iterator[bytes]:
    """The rows as they are; the filters are those of the PNG specification, section 9."""
    above = bytearray(stride)
    for start in range(0, len(raw), stride + 1):
        kind, row = raw[start], bytearray(raw[start + 1 : start + 1 + stride])
        for at in range(stride if kind else 0):
            left, corner = (row[at - size], above[at - size]) if at >= size else (0, 0)
            row[at] = (row[at] + (0, left, above[at], (left + above[at]) // 2, _paeth(left, above[at], corner))[kind]) & 0xFF
        yield bytes(row)
        above = row


def _paeth(left: int, above: int, corner: int) -> int:
    guess = left + above - corner
    return min((left, above, corner), key=lambda neighbour: abs(guess - neighbour))
