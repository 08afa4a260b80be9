"""However attempts come, no more are tried than the limit says; what is old or taken back does not count."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chassis.guess_limiter import Guesses, GuessLimit, counted

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
NONE = Guesses(0, NOW)
MINUTE, WITHIN = timedelta(minutes=1), timedelta(minutes=5)
CLOSED_A_MINUTE = GuessLimit(5, WITHIN, MINUTE)
CLOSED_TILL_THE_END = GuessLimit(5, WITHIN)


def after(attempts: int, limit: GuessLimit, seconds_apart: int = 1) -> tuple[Guesses, datetime]:
    guesses, now = NONE, NOW
    for _ in range(attempts):
        guesses = counted(guesses, now, limit)
        now += timedelta(seconds=seconds_apart)
    return guesses, now


def test_the_last_attempt_allowed_closes_for_a_time_from_then_on() -> None:
    assert after(4, CLOSED_A_MINUTE)[0] == Guesses(4, NOW)
    guesses, _ = after(5, CLOSED_A_MINUTE)
    assert guesses == Guesses(5, NOW, NOW + timedelta(seconds=4) + MINUTE)


def test_or_until_the_window_of_the_first_attempt_ends() -> None:
    guesses, _ = after(5, CLOSED_TILL_THE_END)
    assert guesses == Guesses(5, NOW, NOW + WITHIN)


def test_while_closed_nothing_is_counted_and_afterwards_it_begins_anew() -> None:
    guesses, now = after(5, CLOSED_A_MINUTE)
    assert guesses.closed_until is not None
    assert guesses.closed_at(now)
    assert counted(guesses, now, CLOSED_A_MINUTE) == guesses
    assert not guesses.closed_at(guesses.closed_until)
    assert counted(guesses, guesses.closed_until, CLOSED_A_MINUTE) == Guesses(1, guesses.closed_until)


def test_old_attempts_do_not_count() -> None:
    guesses, _ = after(4, CLOSED_A_MINUTE)
    assert counted(guesses, NOW + WITHIN, CLOSED_A_MINUTE) == Guesses(1, NOW + WITHIN)
    just_within = NOW + WITHIN - timedelta(seconds=1)
    assert counted(guesses, just_within, CLOSED_A_MINUTE).attempts == 5


def moments_tried(pauses: list[int], limit: GuessLimit) -> list[datetime]:
    guesses, now, tried = NONE, NOW, list[datetime]()
    for pause in pauses:
        now += timedelta(seconds=pause)
        if not guesses.closed_at(now):
            guesses = counted(guesses, now, limit)
            tried.append(now)
    return tried


PAUSES = st.lists(st.integers(0, 90), min_size=1, max_size=200)


@given(PAUSES)
def test_closed_for_a_minute_at_most_five_in_any_minute_are_tried(pauses: list[int]) -> None:
    tried = moments_tried(pauses, CLOSED_A_MINUTE)
    for first, sixth in zip(tried, tried[5:], strict=False):
        assert sixth - first >= MINUTE


@given(PAUSES)
def test_closed_till_the_end_of_the_window_at_most_twice_five_in_any_window_are_tried(pauses: list[int]) -> None:
    tried = moments_tried(pauses, CLOSED_TILL_THE_END)
    for first, eleventh in zip(tried, tried[10:], strict=False):
        assert eleventh - first >= WITHIN
