"""The clock of an installation: where it is set, and that it goes on from there as fast as the machine's."""

from datetime import UTC, datetime, timedelta

import pytest

from messaging import clock
from messaging.clock import clock_from, system_clock

MACHINE = datetime(2026, 11, 26, 9, tzinfo=UTC)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The machine's clock, set by the test: its last entry is the time."""
    times = [MACHINE]
    monkeypatch.setattr(clock, "system_clock", lambda: times[-1])
    return times


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("+3d", MACHINE + timedelta(days=3)),
        ("-90m", MACHINE - timedelta(minutes=90)),
        ("+5h", MACHINE + timedelta(hours=5)),
        ("+7s", MACHINE + timedelta(seconds=7)),
        ("2026-02-22T08:00:00+07:00", datetime(2026, 2, 22, 1, tzinfo=UTC)),
    ],
)
def test_it_stands_where_it_is_set_and_ticks_from_there(machine: list[datetime], setting: str, expected: datetime) -> None:
    set_clock = clock_from(setting)
    assert set_clock() == expected
    machine.append(MACHINE + timedelta(minutes=1))
    assert set_clock() == expected + timedelta(minutes=1)


def test_without_a_setting_it_is_the_machine_s(machine: list[datetime]) -> None:
    assert clock_from("")() == MACHINE
    machine.append(MACHINE + timedelta(days=1))
    assert clock_from("")() == MACHINE + timedelta(days=1)


def test_the_machine_s_clock_has_a_zone() -> None:
    assert system_clock().tzinfo is UTC


@pytest.mark.parametrize("setting", ["tomorrow", "3d", "+3w", "+d"])
def test_what_is_no_moment_is_refused(setting: str) -> None:
    with pytest.raises(ValueError, match=r"cannot be read; .*\+3d"):
        clock_from(setting)


def test_a_moment_without_a_zone_is_refused_with_an_example() -> None:
    with pytest.raises(ValueError, match=r"has no time zone; .*08:00:00\+07:00"):
        clock_from("2026-02-22T08:00:00")
