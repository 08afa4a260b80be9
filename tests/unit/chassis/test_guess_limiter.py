"""However attempts come, no more are tried than the limit says; what is old or taken back does not count; strangers close nothing
for those who have tried nothing wrong.
"""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chassis.guess_limiter import Attempt, Counts, Guesses, GuessLimit, GuessLimits, Verdict, counted, judge

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


ATTEMPT = Attempt(pair=b"pair", client=b"client", target=b"target")
LIMITS = GuessLimits(
    pair=GuessLimit(5, WITHIN, MINUTE), client=GuessLimit(60, WITHIN, MINUTE), target=GuessLimit(200, WITHIN, MINUTE)
)
UNTIL = NOW + MINUTE
CLOSED = Guesses(5, NOW, UNTIL)


def counts(**changes: Guesses) -> Counts:
    return dict.fromkeys(ATTEMPT.subjects, NONE) | {name.encode(): guesses for name, guesses in changes.items()}


def test_an_attempt_counts_for_the_pair_the_client_and_the_target() -> None:
    verdict, changed = judge(ATTEMPT, counts(), NOW, LIMITS)
    assert verdict == Verdict(None, (b"pair", b"client", b"target"))
    assert changed == dict.fromkeys(ATTEMPT.subjects, Guesses(1, NOW))


def test_what_is_closed_to_this_client_is_neither_tried_nor_counted() -> None:
    later = Guesses(60, NOW, UNTIL + MINUTE)
    assert judge(ATTEMPT, counts(pair=CLOSED), NOW, LIMITS) == (Verdict(UNTIL), {})
    assert judge(ATTEMPT, counts(client=CLOSED), NOW, LIMITS) == (Verdict(UNTIL), {})
    assert judge(ATTEMPT, counts(pair=CLOSED, client=later), NOW, LIMITS) == (Verdict(UNTIL + MINUTE), {})
    assert judge(ATTEMPT, counts(pair=CLOSED), UNTIL, LIMITS)[0].closed_until is None


def test_a_closed_target_hears_once_whom_it_has_heard_nothing_wrong_from() -> None:
    closed = Guesses(200, NOW, UNTIL)
    verdict, changed = judge(ATTEMPT, counts(target=closed), NOW, LIMITS)
    assert verdict == Verdict(None, (b"pair", b"client")), "so that taking it back opens the target to nobody"
    assert judge(ATTEMPT, {**counts(target=closed), **changed}, NOW, LIMITS) == (Verdict(UNTIL), {})


def test_wrong_attempts_of_long_ago_leave_an_address_clean() -> None:
    closed, old = Guesses(200, NOW, UNTIL), Guesses(4, NOW - WITHIN)
    assert judge(ATTEMPT, counts(target=closed, pair=old), NOW, LIMITS)[0].closed_until is None
    newer = Guesses(4, NOW - WITHIN + timedelta(seconds=1))
    assert judge(ATTEMPT, counts(target=closed, pair=newer), NOW, LIMITS)[0].closed_until == UNTIL
