"""Which exception means what. What a value brings about is a bad event; everything else is the infrastructure's trouble, and is
tried again for ever.
"""

from typing import Final

from psycopg import DataError as DriverDataError
from psycopg import Error as DriverError
from psycopg.errors import IdleInTransactionSessionTimeout, LockNotAvailable, QueryCanceled, TransactionTimeout
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from contracts.refusal import Refusal

CUT_OFF: Final = (IdleInTransactionSessionTimeout, TransactionTimeout)
"""PostgreSQL has ended the connection at a limit of ours. psycopg calls it an internal error; it is an outage."""

# Data exception, integrity, and a limit that the value exceeds (too long for its index): the same again will fail again.
_BAD_VALUE_CLASSES = ("22", "23", "54")
# What Python says of a value that a store, a key or `prepare` cannot take.
_BAD_VALUE_ERRORS = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, AssertionError, Refusal)


def is_bad_value(error: BaseException) -> bool:
    """SQLSTATE 22xxx, 23xxx and 54xxx, what the driver refuses before sending, and what our own code raises about a value."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, DriverError):
        state = cause.sqlstate
        return state[:2] in _BAD_VALUE_CLASSES if state else isinstance(cause, DriverDataError)
    return isinstance(cause, _BAD_VALUE_ERRORS)


def is_conflict(error: BaseException) -> bool:
    """SQLSTATE 40xxx: a deadlock or a serialization failure; the same again will do."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(cause, DriverError) and (cause.sqlstate or "").startswith("40")


def is_cut_off(error: BaseException | None) -> bool:
    """PostgreSQL has ended the connection, because its transaction lasted or idled for too long."""
    return isinstance(_cause(error), CUT_OFF)


def is_too_long(error: BaseException) -> bool:
    """It took longer than PostgreSQL allows: less at once may do."""
    return isinstance(_cause(error), (*CUT_OFF, QueryCanceled))


def is_locked(error: BaseException) -> bool:
    """Somebody else has locked it, for longer than PostgreSQL lets us wait."""
    return isinstance(_cause(error), LockNotAvailable)


def _cause(error: BaseException | None) -> BaseException | None:
    return error.orig if isinstance(error, DBAPIError) else error


def name_of(error: BaseException) -> str:
    """What may be told to everybody: the kind of error and its SQLSTATE, never its message, which may quote a person's data."""
    cause = getattr(error, "orig", None) or error
    state = getattr(cause, "sqlstate", None)
    return f"{type(cause).__name__} {state}" if state else type(cause).__name__


def loggable(error: BaseException) -> str:
    """What a log line may say: of the database's errors and of values that were refused never the message, which quotes them."""
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, DriverDataError) or (isinstance(cause, DriverError) and cause.sqlstate):
        return " ".join([name_of(cause), *filter(None, (cause.diag.table_name, cause.diag.constraint_name))])
    if isinstance(cause, ValidationError):
        faults = [f"{'.'.join(map(str, fault['loc']))} {fault['type']}" for fault in cause.errors(include_input=False)]
        return f"{name_of(cause)} of {cause.title}: {'; '.join(faults)}"
    return f"{type(error).__name__}: {error}"


def first_line(error: BaseException) -> str:
    """What a person who may see the event's content needs to know."""
    lines = str(getattr(error, "orig", None) or error).splitlines() or [""]
    return f"{name_of(error)}: {lines[0][:500]}"
