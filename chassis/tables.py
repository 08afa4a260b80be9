"""What the declarations of all services' tables have in common."""

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import DateTime

MOMENT: Final[Any] = DateTime(timezone=True)


def one_of(column: str, values: Iterable[str]) -> str:
    """The text of a CHECK: only these values (an enum, usually) may stand in the column."""
    return f"{column} IN ({', '.join(repr(str(value)) for value in values)})"
