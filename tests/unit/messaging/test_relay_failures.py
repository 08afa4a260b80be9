"""Which rows a relay leaves aside, and for how long."""

from typing import NamedTuple

from aiokafka.errors import MessageSizeTooLargeError, UnknownTopicOrPartitionError

from messaging.producer import Failure, Outcome
from messaging.relay_failures import WORTH_SAYING, Failures, Held


class Row(NamedTuple):
    aggregatetype: str
    aggregateid: str


ROWS = [Row("a", "1"), Row("a", "2"), Row("b", "1")]
LOST = Failure(topic="a", error=UnknownTopicOrPartitionError("a"))
NOTHING = frozenset[Held]()
TOPIC = frozenset({Held("a")})


def note(failures: Failures, outcome: Outcome, *, aside: frozenset[Held] = NOTHING, now: float = 0, took: float = 0) -> None:
    failures.note(ROWS, outcome, aside, now=now, took=took, full=False)


def test_a_topic_that_takes_nothing_is_left_aside_and_tried_again_ever_more_rarely() -> None:
    failures, now, pauses = Failures(lane="fa"), 0.0, []
    assert failures.due_in(0) is None
    for _ in range(20):
        note(failures, Outcome([2], [LOST]), now=now)
        assert failures.aside(now) == TOPIC
        pause = failures.due_in(now)
        assert pause is not None
        pauses.append(pause)
        now += pause
        assert failures.aside(now) == NOTHING
    assert max(pauses) <= 5
    assert min(pauses[-5:]) > max(pauses[:3])


def test_it_is_left_aside_as_long_as_the_attempt_took() -> None:
    """A broker that does not answer would otherwise take most of the time from the others."""
    failures = Failures(lane="fb")
    note(failures, Outcome([2], [LOST]), now=100, took=9)
    assert failures.due_in(100) == 9


def test_a_slow_topic_is_not_left_aside() -> None:
    failures = Failures(lane="fc")
    note(failures, Outcome([0], [Failure(topic="a", error=TimeoutError())]))
    assert failures.aside(0) == NOTHING


def test_a_refused_batch_is_divided_and_a_refused_record_holds_its_key() -> None:
    failures, refusal = Failures(lane="fd"), MessageSizeTooLargeError()
    note(failures, Outcome([], [Failure(topic="a", error=refusal, batch=[0, 1])]))
    assert (failures.singly, failures.aside(0)) == ({"a"}, NOTHING)
    note(failures, Outcome([0], [Failure(topic="a", error=refusal, batch=[1])]))
    assert (failures.singly, failures.aside(0)) == ({"a"}, {Held("a", "2")})
    note(failures, Outcome([0, 2]), aside=failures.aside(0))
    assert (failures.singly, failures.aside(0)) == (frozenset(), {Held("a", "2")})


def test_what_was_left_aside_in_a_round_is_not_forgotten_by_it() -> None:
    failures = Failures(lane="fe")
    note(failures, Outcome([2], [LOST]))
    note(failures, Outcome([2]), aside=TOPIC)
    assert failures.aside(0) == TOPIC


def test_it_is_forgotten_when_its_rows_went_or_are_gone() -> None:
    failures = Failures(lane="ff")
    note(failures, Outcome([2], [LOST]))
    failures.note(ROWS, Outcome([2]), NOTHING, now=9, took=0, full=True)
    assert failures.due_in(9) is not None, "its rows may be behind those of a full round"
    failures.note(ROWS, Outcome([0, 2]), NOTHING, now=9, took=0, full=True)
    assert failures.due_in(9) is None
    note(failures, Outcome([2], [LOST]))
    note(failures, Outcome([2]), now=9)
    assert failures.due_in(9) is None


def test_a_refused_record_stays_known_while_it_is_sought_again() -> None:
    failures, refusal = Failures(lane="fg"), MessageSizeTooLargeError()
    for _ in range(WORTH_SAYING):
        note(failures, Outcome([0], [Failure(topic="a", error=refusal, batch=[0, 1])]), now=99)
        note(failures, Outcome([0], [Failure(topic="a", error=refusal, batch=[1])]), now=99)
    (problem,) = failures.problems()
    assert "a refuses a record" in problem


def test_a_problem_is_said_when_it_lasts() -> None:
    failures = Failures(lane="fh")
    for _ in range(WORTH_SAYING):
        assert failures.problems() == []
        note(failures, Outcome([2], [LOST]))
    (problem,) = failures.problems()
    assert problem.startswith("relay fh: a takes no rows: UnknownTopicOrPartitionError")
