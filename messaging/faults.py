"""Which exception means what. A value that the database refuses is a bad event; everything else of the database is the
infrastructure's trouble, and is tried again for ever.
"""

from psycopg import DataError as DriverDataError
from psycopg import Error as DriverError
from sqlalchemy.exc import DBAPIError

_BAD_VALUE_CLASSES = ("22", "23")


def is_bad_value(error: BaseException) -> bool:
    """SQLSTATE 22xxx (data exception) and 23xxx (integrity), and what the driver refuses before sending."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, DriverError):
        state = cause.sqlstate
        return state[:2] in _BAD_VALUE_CLASSES if state else isinstance(cause, DriverDataError)
    return isinstance(cause, UnicodeEncodeError | OverflowError)


def is_conflict(error: BaseException) -> bool:
    """SQLSTATE 40xxx: a deadlock or a serialization failure; the same again will do."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(cause, DriverError) and (cause.sqlstate or "").startswith("40")
