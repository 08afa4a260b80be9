"""A list is read page by page behind a key: the last page costs what the first one does, and no row is shown twice or skipped
because others came or went meanwhile.

The key of a list is a NamedTuple of what the list is ordered by, down to the id that makes the order total:

    class CaseKey(NamedTuple):
        promised_at: datetime
        id: str

    CASES = Cursor("cases-by-promise", CaseKey)     # the name tells two orders of the same types apart

    key = CASES.decode(after)                       # `after: After` of the query; None: the first page; raises BadCursor
    rows = ...                                      # WHERE (promised_at, id) > (:promised_at, :id) ... LIMIT :limit + 1
    page = CASES.page(rows, limit, lambda row: CaseKey(row.promised_at, row.id))    # page.rows, page.next

A cursor is opaque but not secret: it stands in addresses and logs. A list ordered by personal data (a name) keys its pages
by the id alone and looks the name up in SQL.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import NoneType
from typing import Annotated, Any, Final, Generic, TypeVar, get_args, get_type_hints

from fastapi import Query

from contracts.refusal import Invalid
from web.languages import layout_texts

# Raised when the written form changes: cursors of the form before are then refused like any other.
VERSION: Final = 1
LONGEST: Final = 500
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_BIGINT: Final = range(-(2**63), 2**63)
_TYPES: Final = frozenset({bool, int, str, date, datetime, NoneType})

After = Annotated[str | None, Query(max_length=LONGEST, description="The `next` of the page before; without it the first page.")]

Row = TypeVar("Row")
Key = TypeVar("Key", bound=tuple[Any, ...])


class BadCursor(Invalid):
    """422: not a cursor that this list gave out."""

    def __init__(self, field: str = "after") -> None:
        super().__init__("bad-cursor", **layout_texts().in_each("problem.bad-cursor", field=field), field=field)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """`next` is the cursor of the page behind this one, None on the last."""

    rows: Sequence[Row]
    next: str | None


class Cursor(Generic[Key]):
    """Writes and reads the keys of one list. `decode` accepts exactly what `encode` of the same list can write."""

    def __init__(self, order: str, key: type[Key], *, field: str = "after") -> None:
        """`field` is the query parameter that a refusal names. Raises TypeError for a key of types that no cursor holds."""
        self._order, self._field = order, field
        self._build: Callable[..., Key] = key
        self._types = [frozenset(get_args(hint) or (hint,)) for hint in get_type_hints(key).values()]
        if not self._types or not all(types <= _TYPES and len(types - {NoneType}) == 1 for types in self._types):
            raise TypeError(f"{key.__name__}: a key is made of bool, int, str, date and datetime, each or None")

    def encode(self, key: Key) -> str:
        """Raises ValueError for a value that PostgreSQL could not have given: such a key is a fault of ours."""
        parts = [_written(value, types) for value, types in zip(key, self._types, strict=True)]
        content = json.dumps([VERSION, self._order, *parts], ensure_ascii=False, separators=(",", ":"))
        written = urlsafe_b64encode(content.encode()).decode().rstrip("=")
        if len(written) > LONGEST:
            raise ValueError(f"the key is too long for a cursor: {len(written)} characters")
        return written

    def decode(self, cursor: str | None) -> Key | None:
        """Behind which key the page begins; None, which is the first page, without a cursor. Raises BadCursor."""
        if not cursor:
            return None
        try:
            _, _, *parts = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            key = self._build(*(_read(part, types) for part, types in zip(parts, self._types, strict=True)))
            # Written again it must be the same: so other spellings, versions, orders and types need no check of their own.
            genuine = self.encode(key) == cursor
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            raise BadCursor(self._field) from error
        if not genuine:
            raise BadCursor(self._field)
        return key

    def page(self, rows: Sequence[Row], limit: int, key_of: Callable[[Row], Key]) -> Page[Row]:
        """`rows` were asked for with a limit of one more: that one is not shown, it tells that there is a next page."""
        if len(rows) <= limit:
            return Page(rows, None)
        shown = rows[:limit]
        return Page(shown, self.encode(key_of(shown[-1])))


def _written(value: object, types: frozenset[type]) -> str | int | None:
    if type(value) not in types:
        raise TypeError(f"{type(value).__name__} is not of this key")
    match value:
        case datetime():
            if value.tzinfo is None:
                raise ValueError("a moment without a time zone cannot be ordered")
            return (value - _EPOCH) // _MICROSECOND
        case date():
            return value.isoformat()
        case int() if value not in _BIGINT:
            raise ValueError("a number beyond 64 bits")
        case str() if "\0" in value:
            raise ValueError("a text with NUL")
        case None | str() | int():
            return value
    raise TypeError(f"no cursor holds {type(value).__name__}")


def _read(part: object, types: frozenset[type]) -> object:
    """Raises TypeError, ValueError or OverflowError; what is neither moment nor date is judged when it is written again."""
    if datetime in types and isinstance(part, int):
        return _EPOCH + part * _MICROSECOND
    if date in types and isinstance(part, str):
        return date.fromisoformat(part)
    return part
