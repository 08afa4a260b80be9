"""Which errors are a bad event, and which are the infrastructure's trouble."""

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from contracts.refusal import Invalid
from messaging.faults import first_line, is_bad_value, is_conflict, name_of


@pytest.mark.parametrize(
    "error",
    [
        psycopg.errors.UntranslatableCharacter("22P05"),
        psycopg.errors.NumericValueOutOfRange(),
        psycopg.errors.CheckViolation(),
        psycopg.errors.UniqueViolation(),
        psycopg.errors.ProgramLimitExceeded(),
        psycopg.DataError("the driver's own"),
        UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates"),
        OverflowError(),
        KeyError("a store that does not know it"),
        Invalid("no", vi="Không.", en="No."),
    ],
)
def test_what_a_value_brings_about_is_a_bad_event(error: Exception) -> None:
    assert is_bad_value(error)
    assert is_bad_value(DBAPIError("statement", {}, error)) or not isinstance(error, psycopg.Error)


@pytest.mark.parametrize(
    "error",
    [
        psycopg.OperationalError("connection gone"),
        psycopg.errors.DeadlockDetected(),
        psycopg.errors.SerializationFailure(),
        psycopg.errors.TooManyConnections(),
        psycopg.errors.DiskFull(),
        psycopg.errors.UndefinedTable(),
        psycopg.errors.AdminShutdown(),
        psycopg.errors.IdleInTransactionSessionTimeout(),
        PoolTimeout(),
        OSError(),
        TimeoutError(),
        MemoryError(),
        RuntimeError("the loop is closed"),
    ],
)
def test_trouble_of_the_infrastructure_is_no_bad_event(error: Exception) -> None:
    assert not is_bad_value(error)


def test_only_conflicts_are_worth_the_same_command_again() -> None:
    assert is_conflict(DBAPIError("s", {}, psycopg.errors.DeadlockDetected()))
    assert not is_conflict(psycopg.errors.UniqueViolation())


def test_the_name_of_an_error_quotes_nothing() -> None:
    error = DBAPIError("s", {}, psycopg.errors.CheckViolation("row of Nguyễn Văn A"))
    assert name_of(error) == "CheckViolation 23514"
    assert "Nguyễn" in first_line(error)
