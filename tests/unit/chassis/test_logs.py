"""A traceback in the log says where and what kind, and quotes no value."""

import logging
import sys

import pytest

from chassis.logs import PlainFormatter, exception_text
from contracts.directory import StaffV1

SECRET = "034085005555\x00"


def refused() -> Exception:
    try:
        StaffV1.model_validate({"id": SECRET, "name": 3})
    except ValueError as error:
        return error
    raise AssertionError


def test_a_refused_value_is_named_by_its_field_and_not_quoted() -> None:
    text = exception_text((ValueError, refused(), None))
    assert "ValidationError of StaffV1: id string_pattern_mismatch; username missing" in text
    assert "034085005555" not in text


def test_what_led_to_an_exception_comes_first_and_all_of_a_group_is_there() -> None:
    try:
        try:
            raise refused()
        except ValueError as error:
            raise RuntimeError("no such page") from error
    except RuntimeError as error:
        text = exception_text((RuntimeError, ExceptionGroup("two", [error, KeyError("x")]), None))
    assert "034085005555" not in text
    order = [
        text.index(part)
        for part in ("ExceptionGroup: two", "ValidationError of StaffV1", "RuntimeError: no such page", "KeyError")
    ]
    assert order == sorted(order)
    assert "test_logs.py" in text, "where it came from"


def test_a_context_that_was_suppressed_is_left_out() -> None:
    error = RuntimeError("later")
    error.__context__ = KeyError("earlier")
    assert "earlier" in exception_text((RuntimeError, error, None))
    error.__suppress_context__ = True
    assert "earlier" not in exception_text((RuntimeError, error, None))


def test_libraries_lines_get_the_same_traceback() -> None:
    try:
        raise refused()
    except ValueError:
        record = logging.LogRecord("asyncio", logging.ERROR, __file__, 1, "task failed", None, sys.exc_info())
    line = PlainFormatter("%(levelname)s %(name)s %(message)s").format(record)
    assert line.startswith("ERROR asyncio task failed\n")
    assert "034085005555" not in line
    assert "ValidationError of StaffV1" in line


@pytest.mark.parametrize("error", [ValueError("odd"), LookupError("no such key")])
def test_other_exceptions_say_what_they_say(error: Exception) -> None:
    assert exception_text((type(error), error, None)) == f"{type(error).__name__}: {error}"
