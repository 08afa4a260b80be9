"""Bodies and queries that are made to cost a server more than they cost their sender. None of them is right for any route."""

from dataclasses import dataclass
from typing import Final

JSON, FORM, MULTIPART = "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=edge"
MEGABYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Hostile:
    """`name` says what it is made of."""

    name: str
    media: str
    body: bytes = b""
    query: str = ""


def _unknown_keys(number: int) -> bytes:
    return b"{" + b",".join(b'"k%d":0' % at for at in range(number)) + b"}"


def _parts(number: int, size: int, name: bytes = b"a%d.csv") -> bytes:
    part = b'--edge\r\nContent-Disposition: form-data; name="f%d"; filename="' + name + b'"\r\n\r\n%s\r\n'
    return b"".join(part % (at, at, b"x,y\n" * (size // 4)) for at in range(number)) + b"--edge--\r\n"


def _import(lines: int, line: str) -> bytes:
    return ('{"files":{"units.csv":"id,name\\n' + line * lines + '"}}').encode()


HOSTILE: Final = (
    Hostile("a megabyte of unknown keys", JSON, _unknown_keys(95_000)),
    Hostile("990 unknown keys", JSON, _unknown_keys(990)),
    Hostile(
        "250 keys that cannot be decoded",
        JSON,
        b"{" + b",".join(b'"%d%s":0' % (at, b"&\xf0\xa0\x80\x80" * 40) for at in range(250)) + b"}",
    ),
    Hostile("900 papers of another type", JSON, b'{"papers":[' + b",".join([b'{"code":[]}'] * 900) + b"]}"),
    Hostile("5,000 brackets", JSON, b"[" * 5000 + b"]" * 5000),
    Hostile("a megabyte of brackets", JSON, b"[" * (MEGABYTE // 2) + b"]" * (MEGABYTE // 2)),
    Hostile("depth 60, many values", JSON, b'{"a":' * 60 + b"[" + b",".join([b"1"] * 900) + b"]" + b"}" * 60),
    Hostile("one text of 64 kB", JSON, b'{"why":"' + b"x" * 65_000 + b'"}'),
    Hostile("64 kB of escapes", JSON, b'{"why":"' + b"\\u1ec5" * 10_800 + b'"}'),
    Hostile("a number of 60,000 digits", JSON, b'{"version":' + b"9" * 60_000 + b"}"),
    Hostile("an import of a megabyte of short lines", JSON, _import(200_000, "a,b\\n")),
    Hostile("an import of 150,000 escapes", JSON, _import(150_000, "\\u0061\\n")[: MEGABYTE - 3] + b'"}}'),
    Hostile("an import of one line", JSON, _import(1, "a" * 900_000)),
    Hostile("8,000 fields", FORM, b"&".join(b"f%d=x" % at for at in range(8000))),
    Hostile("90 fields of 600 escapes", FORM, b"&".join(b"f%d=" % at + b"%E1%BB%85" * 70 for at in range(90))),
    Hostile("60 kB of escapes in a name", FORM, b"username=" + b"%22" * 20_000),
    Hostile("5,000 empty parts", MULTIPART, _parts(5000, 0)),
    Hostile("90 parts of 10 kB", MULTIPART, _parts(90, 10_000)),
    Hostile("one part of a megabyte", MULTIPART, _parts(1, MEGABYTE - 500)),
    Hostile("names of 9 kB", MULTIPART, _parts(90, 10, b"n" * 9000 + b"%d.csv")),
    Hostile("a query of 7 kB", JSON, query="q=" + "%E1%BB%85" * 770),
    Hostile("a query of 400 fields", JSON, query="&".join(f"f{at}=x" for at in range(400))),
    Hostile("a query of 90 fields", JSON, query="&".join(f"after{at}=" + "e" * 40 for at in range(90))),
)
