"""Lists of text and of whole numbers on their way to PostgreSQL, written as array literals at C's speed.

psycopg writes them element by element in Python, which took a seventh of a consumer's time. JSON's encoder writes the same
literal between other brackets, as long as nothing in it needs a backslash; whatever does goes psycopg's way.
"""

import json
from typing import Any

from psycopg import AsyncConnection
from psycopg.abc import Buffer
from psycopg.types.array import ListDumper

_PLAIN = frozenset({str, int, type(None)})
_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


class PlainListDumper(ListDumper):
    def dump(self, obj: list[Any]) -> Buffer | None:
        if _PLAIN.issuperset(map(type, obj)):
            literal = _encode(obj)
            if "\\" not in literal:
                return f"{{{literal[1:-1]}}}".encode()
        return super().dump(obj)


def use_plain_lists(connection: AsyncConnection) -> None:
    connection.adapters.register_dumper(list, PlainListDumper)
