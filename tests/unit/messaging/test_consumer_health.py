"""Whether a consumer lives: an outage of any length is no reason to start it anew."""

import time
from types import SimpleNamespace
from typing import Any

from messaging.consumer import GroupConsumer
from messaging.consumer_health import LIFELESS_SECONDS, lifeless_problems, problems

LONG_AGO = time.monotonic() - LIFELESS_SECONDS - 60


def consumer(**client: Any) -> GroupConsumer:
    made = GroupConsumer(group="g", topics=("t",), engine=None, stopping=None)  # type: ignore[arg-type]
    made.subscriber = SimpleNamespace(
        consumer=SimpleNamespace(**{"turned_at": LONG_AGO, "ended": False, "trouble": None, "trouble_since": None} | client)
    )
    return made


def test_one_that_gives_no_sign_is_lifeless_and_each_sign_counts() -> None:
    silent = consumer()
    assert lifeless_problems(silent) == ["g: no sign of life for over 900 s"]
    assert lifeless_problems(consumer(turned_at=time.monotonic())) == [], "it looked for records"
    silent.batch_ended = time.monotonic()
    assert lifeless_problems(silent) == []


def test_each_attempt_of_a_batch_is_a_sign() -> None:
    retrying = consumer()
    retrying._note_attempt(ConnectionError("the database is away"))
    assert lifeless_problems(retrying) == []


def test_one_that_stopped_itself_waits_for_a_person_and_not_for_a_restart() -> None:
    halted = consumer()
    halted.halted = "400 of 500 events died"
    assert lifeless_problems(halted) == []
    assert problems(halted) == ["g: 400 of 500 events died"]


def test_one_whose_client_has_ended_is_lifeless_at_once() -> None:
    assert lifeless_problems(consumer(turned_at=time.monotonic(), ended=True)) == ["g: the Kafka client has ended"]


def test_an_error_that_stays_may_be_the_clients_own_and_is_mended_by_a_restart() -> None:
    now = time.monotonic()
    assert lifeless_problems(consumer(turned_at=now, trouble="E", trouble_since=now)) == []
    wedged = consumer(turned_at=now, trouble="E", trouble_since=LONG_AGO)
    assert lifeless_problems(wedged) == ["g: nothing could be read for over 900 s: E"]
