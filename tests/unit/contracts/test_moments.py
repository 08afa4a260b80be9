"""No moment of an event lies where some zone, database or driver has no calendar any more."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from contracts.registry import EVENTS
from contracts.values import EARLIEST_MOMENT, LATEST_MOMENT, Moment, check_moment

MOMENT = TypeAdapter(Moment)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@pytest.mark.parametrize(
    "text",
    [
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00+14:00",
        "1899-12-31T23:59:59Z",
        "2200-01-01T00:00:00Z",
        "+10000-01-01T00:00Z",
    ],
)
def test_a_moment_of_no_year_of_ours_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        MOMENT.validate_python(text)


@given(st.datetimes(timezones=ZONES))
def test_what_is_taken_can_be_told_in_every_zone(moment: datetime) -> None:
    """And what is refused lies outside the bounds, whichever zone it is written in."""
    try:
        check_moment(moment)
    except ValueError:
        assert not EARLIEST_MOMENT <= moment < LATEST_MOMENT
    else:
        for hours in (-14, 0, 14):
            assert moment.astimezone(timezone(timedelta(hours=hours))) == moment
        assert moment.astimezone(UTC) >= EARLIEST_MOMENT


def moments_of(schema: object) -> int:
    """How many places of a schema hold a moment."""
    if isinstance(schema, dict):
        return (schema.get("type") == "datetime") + sum(map(moments_of, schema.values()))
    return sum(map(moments_of, schema)) if isinstance(schema, list) else 0


def checked_moments_of(schema: object) -> int:
    if isinstance(schema, dict):
        own = schema.get("type") == "function-after" and schema.get("function", {}).get("function") is check_moment
        return own + sum(map(checked_moments_of, schema.values()))
    return sum(map(checked_moments_of, schema)) if isinstance(schema, list) else 0


@pytest.mark.parametrize("kind", sorted(kind for kind in EVENTS if kind.startswith("vn.motcua.")))
def test_every_moment_of_every_event_has_the_bounds(kind: str) -> None:
    event: type[BaseModel] = EVENTS[kind]
    schema = event.__pydantic_core_schema__
    assert checked_moments_of(schema) == moments_of(schema)
