"""A spike counts if nothing was lost, doubled or answered wrongly; it is over when twenty calls in a row are as before."""

import pytest

from bench.lifecycle.life import Record
from bench.spike import WINDOW, Course, Spike, recovery

SLOW, QUICK = 5.0, 0.1


def calls(*seconds: float) -> list[tuple[float, float]]:
    """One every second from 100 on."""
    return [(100.0 + number, took) for number, took in enumerate(seconds, 1)]


@pytest.mark.parametrize(("slow", "expected"), [(0, WINDOW), (1, WINDOW), (2, WINDOW + 1), (5, WINDOW + 4)])
def test_recovery_is_when_twenty_in_a_row_are_quick_but_one(slow: int, expected: int) -> None:
    assert recovery(calls(*[SLOW] * slow, *[QUICK] * WINDOW), 100.0, 1000 * QUICK) == expected


def test_there_is_no_recovery_while_it_is_slow() -> None:
    assert recovery(calls(*[QUICK] * (WINDOW - 1)), 100.0, 1000) is None
    assert recovery(calls(*[QUICK, SLOW] * WINDOW), 100.0, 1000 * QUICK) is None


def record(received: list[tuple[float, float]]) -> Record:
    made = Record()
    made.received_at = [moment for moment, _ in received]
    made.seconds["receive"] = [seconds for _, seconds in received]
    return made


def course() -> Course:
    usual = record([(1, 0.1), (2, 0.2), (10, 4), (19, 5), (20, 6), *((21 + number, 0.2) for number in range(WINDOW))])
    return Course(usual=usual, others=record([(11, 9)]), began=10, ended=20)


def test_a_phase_has_the_usual_clients_calls_that_ended_in_it() -> None:
    assert [course().p95_ms(phase) for phase in ("before", "spike", "after")] == [200, 5000, 200]
    assert course().received("spike") == [(10, 4), (19, 5)]
    assert course().recovered_after() == 19


def spike(*, agrees: bool = True, dossiers: int = 26) -> Spike:
    return Spike(course=course(), clients=8, agrees=agrees, dossiers=dossiers)


def test_a_spike_counts_if_every_dossier_is_there_once() -> None:
    assert spike().sound
    assert not spike(dossiers=25).sound
    assert not spike(dossiers=27).sound
    assert not spike(agrees=False).sound


@pytest.mark.parametrize("who", ["usual", "others"])
def test_an_error_of_anybody_spoils_it(who: str) -> None:
    spoiled = spike()
    getattr(spoiled.course, who).errors["HTTP 500"] += 1
    assert not spoiled.sound
    assert spoiled.as_json()["errors"] == {"HTTP 500": 1}


def test_what_is_shown_adds_both_up() -> None:
    made = spike()
    made.course.usual.shed, made.course.others.shed = 2, 3
    shown = made.as_json()
    assert (shown["shed"], shown["received"], shown["dossiers"], shown["ratio"]) == (5, 26, 26, 1.0)
    assert (shown["clients"], shown["recovered_after_seconds"]) == ({"usual": 8, "spike": 80}, 19.0)
