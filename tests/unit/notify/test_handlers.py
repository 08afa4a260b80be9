"""What becomes of a message: asked for, taken up, ended, retried; each way that is open, and each that is not."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.intake import ContactV1, DossierHandedOverV1, DossierSubmittedV1
from contracts.notify import MessageFailedV1, MessageSentV1, MessageSkippedV1
from contracts.registry import Event
from contracts.values import Channel, HandOver, Lane
from messaging.handler_table import Waiting
from services.notify import handlers
from services.notify.domain.contact import KnownContact
from services.notify.domain.message import Message, MessageChannel, NotFailed, Outcome, Result, State, Verdict, message_id
from services.notify.domain.precedence import LaterMessages
from services.notify.domain.retry_policy import AT_ONCE, AWAY_WAIT, LONGEST_WAIT, MOST_DEFERRALS, wait_after
from tests.support.notify_world import AT, CODE, CONTACT, DOSSIER, FORGOTTEN, REACHABLE, context, fact, queued

LEASE = timedelta(seconds=30)
ALONE = LaterMessages()
UNREACHABLE = KnownContact(1, ContactV1(name="Trần Thị B", telephone="0912345678"))
ACCEPTED, AWAY = Result(Verdict.ACCEPTED), Result(Verdict.AWAY, "connection refused")
DEFERRED, REFUSED, UNKNOWN = (Result(verdict, "said so") for verdict in (Verdict.DEFERRED, Verdict.REFUSED, Verdict.UNKNOWN))


def sending(**changes: Any) -> Message:
    return replace(handlers.begin_attempt(queued(), REACHABLE, ALONE, AT, AT, LEASE).state, **changes)


# --- a fact asks ----------------------------------------------------------------------------------------


def test_a_fact_makes_a_message_with_what_its_letter_needs_and_nothing_about_the_person() -> None:
    message = queued()
    assert (message.id, message.dossier, message.sequence) == (message_id(DOSSIER, 1, MessageChannel.MAIL), DOSSIER, 1)
    assert (message.state, message.due_at, message.lane, message.code) == (State.QUEUED, AT_ONCE, Lane.DISTRICT, CODE)
    assert (message.template, message.correlation, message.fact) == ("accepted.v2", "fact-1", "fact-1")
    assert CONTACT.name not in repr(message)
    assert "@" not in repr(message)


def test_the_same_fact_makes_one_message_and_another_fact_another() -> None:
    assert handlers.queue_message(queued(), fact(), context()) is None
    ids = {message_id(DOSSIER, sequence, MessageChannel.MAIL) for sequence in (1, 2, 3)} | {
        message_id("d-2", 1, MessageChannel.MAIL)
    }
    assert len(ids) == 4
    assert all(len(ident) == 34 and ident.startswith("m-") for ident in ids)


@pytest.mark.parametrize(
    "event",
    [fact(DossierSubmittedV1, channel=Channel.COUNTER), fact(DossierHandedOverV1, handed_over_by=HandOver.COUNTER)],
    ids=["handed in at the counter", "fetched at the counter"],
)
def test_who_stood_at_the_counter_is_not_written_to(event: DossierSubmittedV1) -> None:
    assert handlers.queue_message(None, event, context(event=event)) is None


@pytest.mark.parametrize(
    ("version", "known", "reason"),
    [
        (None, None, "no contact"),
        (None, REACHABLE, "no contact"),
        (1, UNREACHABLE, "no e-mail address"),
        (1, FORGOTTEN, "forgotten"),
        (2, FORGOTTEN, "forgotten"),
    ],
)
def test_who_cannot_be_written_to_is_skipped_with_the_reason(
    version: int | None, known: KnownContact | None, reason: str
) -> None:
    decision = handlers.queue_message(None, fact(contact_version=version), context(known))
    assert decision is not None
    assert (decision.state.state, decision.state.reason, decision.state.settled_at) == (State.SKIPPED, reason, AT)
    (event,) = decision.events
    assert isinstance(event, MessageSkippedV1)
    assert (event.reason, event.attempt, event.dossier, event.fact) == (reason, 0, DOSSIER, "fact-1")


@pytest.mark.parametrize("known", [None, KnownContact(1, CONTACT), KnownContact(1, None)])
def test_a_contact_that_has_not_come_is_waited_for_and_never_taken_for_none(known: KnownContact | None) -> None:
    with pytest.raises(Waiting) as waiting:
        handlers.queue_message(None, fact(contact_version=2), context(known))
    assert (waiting.value.topic, waiting.value.entity, waiting.value.version) == ("intake.contacts", DOSSIER, 2)


def test_a_fact_without_lane_is_no_fact_of_ours() -> None:
    with pytest.raises(ValueError, match="lane"):
        handlers.queue_message(None, fact(), replace(context(), lane=None))


# --- an attempt -----------------------------------------------------------------------------------------


def test_an_attempt_is_leased_and_numbered_before_the_call() -> None:
    decision = handlers.begin_attempt(queued(), REACHABLE, ALONE, AT, AT, LEASE)
    assert (decision.state.state, decision.state.attempt, decision.state.due_at) == (State.SENDING, 1, AT + LEASE)
    assert decision.events == ()


@pytest.mark.parametrize(("known", "reason"), [(FORGOTTEN, "forgotten"), (UNREACHABLE, "no e-mail address")])
def test_who_was_forgotten_after_the_message_was_queued_is_not_written_to(known: KnownContact, reason: str) -> None:
    for message in (queued(), sending()):
        decision = handlers.begin_attempt(message, known, ALONE, AT, AT, LEASE)
        assert (decision.state.state, decision.state.reason) == (State.SKIPPED, reason)
        assert isinstance(decision.events[0], MessageSkippedV1)


def test_accepted_means_sent_and_is_published() -> None:
    decision = handlers.record_outcome(sending(), 1, ACCEPTED, AT, AT)
    assert (decision.state.state, decision.state.due_at, decision.state.settled_at) == (State.SENT, None, AT)
    (event,) = decision.events
    assert isinstance(event, MessageSentV1)
    assert (event.attempt, event.channel) == (1, "mail")


def test_refused_means_failed_with_the_server_s_reason() -> None:
    decision = handlers.record_outcome(sending(), 1, REFUSED, AT, AT)
    assert (decision.state.state, decision.state.reason, decision.state.outcome) == (State.FAILED, "said so", Outcome.FAILED)
    (event,) = decision.events
    assert isinstance(event, MessageFailedV1)
    assert event.reason == "said so"


@pytest.mark.parametrize("result", [DEFERRED, UNKNOWN])
def test_put_off_or_left_unanswered_means_later_and_longer_each_time(result: Result) -> None:
    message, waits = queued(), []
    for attempt in range(1, 5):
        decision = handlers.record_outcome(
            handlers.begin_attempt(message, REACHABLE, ALONE, AT, AT, LEASE).state, attempt, result, AT, AT
        )
        assert decision.events == ()
        message = decision.state
        assert (message.state, message.deferrals, message.attempt) == (State.QUEUED, attempt, attempt)
        assert message.due_at is not None
        waits.append(message.due_at - AT)
    assert waits == sorted(waits)
    assert timedelta(seconds=5) <= waits[0] <= timedelta(seconds=7)


def test_it_is_given_up_after_days_and_then_says_so() -> None:
    decision = handlers.record_outcome(sending(deferrals=MOST_DEFERRALS - 1), 1, DEFERRED, AT, AT)
    assert decision.state.state is State.FAILED
    assert isinstance(decision.events[0], MessageFailedV1)
    waited = sum((wait_after(number, "m-1") for number in range(1, MOST_DEFERRALS)), timedelta())
    assert timedelta(days=4) < waited < timedelta(days=6)


def test_a_server_that_is_away_costs_a_message_nothing_however_often() -> None:
    message = queued()
    for _ in range(10 * MOST_DEFERRALS):
        message = handlers.record_outcome(
            handlers.begin_attempt(message, REACHABLE, ALONE, AT, AT, LEASE).state, 1, AWAY, AT, AT
        ).state
    assert (message.state, message.attempt, message.deferrals, message.due_at) == (State.QUEUED, 0, 0, AT + AWAY_WAIT)
    assert message.reason == "connection refused"


# --- what crosses ---------------------------------------------------------------------------------------


def test_a_late_yes_of_a_lapsed_attempt_counts() -> None:
    again = handlers.begin_attempt(sending(), REACHABLE, ALONE, AT, AT, LEASE).state
    assert again.attempt == 2
    decision = handlers.record_outcome(again, 1, ACCEPTED, AT, AT)
    assert decision.state.state is State.SENT
    assert handlers.record_outcome(decision.state, 2, REFUSED, AT, AT).state.state is State.SENT


@pytest.mark.parametrize("result", [DEFERRED, REFUSED, UNKNOWN, AWAY])
def test_any_other_late_answer_of_a_lapsed_attempt_changes_nothing(result: Result) -> None:
    again = handlers.begin_attempt(sending(), REACHABLE, ALONE, AT, AT, LEASE).state
    decision = handlers.record_outcome(again, 1, result, AT, AT)
    assert decision.state == again
    assert decision.events == ()


@pytest.mark.parametrize("result", [ACCEPTED, DEFERRED, REFUSED, UNKNOWN, AWAY])
def test_an_answer_after_the_person_was_forgotten_changes_nothing(result: Result) -> None:
    skipped = handlers.begin_attempt(sending(), FORGOTTEN, ALONE, AT, AT, LEASE).state
    assert handlers.record_outcome(skipped, 1, result, AT, AT).state == skipped


def test_a_late_yes_after_failure_makes_it_sent() -> None:
    failed = handlers.record_outcome(
        handlers.begin_attempt(sending(), REACHABLE, ALONE, AT, AT, LEASE).state, 2, REFUSED, AT, AT
    ).state
    decision = handlers.record_outcome(failed, 1, ACCEPTED, AT, AT)
    assert decision.state.state is State.SENT
    assert isinstance(decision.events[0], MessageSentV1)


# --- a person retries -----------------------------------------------------------------------------------


def test_a_failed_message_is_queued_again_with_its_deferrals_counted_anew() -> None:
    failed = handlers.record_outcome(sending(deferrals=7), 1, REFUSED, AT, AT).state
    again = handlers.retry(failed).state
    assert (again.state, again.deferrals, again.reason, again.due_at) == (State.QUEUED, 0, None, AT_ONCE)
    assert (again.attempt, again.settled_at, again.id) == (1, None, failed.id)


@pytest.mark.parametrize("state", [state for state in State if state is not State.FAILED])
def test_no_other_message_can_be_retried(state: State) -> None:
    with pytest.raises(NotFailed):
        handlers.retry(queued(state=state))


# --- laws -----------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from([ACCEPTED, DEFERRED, REFUSED, UNKNOWN, AWAY]), max_size=60))
def test_whatever_servers_do_a_message_is_settled_once_and_says_why_not(results: list[Result]) -> None:
    message, published = queued(), list[Event]()
    for result in results:
        if message.state not in (State.QUEUED, State.SENDING):
            break
        begun = handlers.begin_attempt(message, REACHABLE, ALONE, AT, AT, LEASE).state
        decision = handlers.record_outcome(begun, begun.attempt, result, AT, AT)
        message = decision.state
        published += decision.events
    settled = message.state in (State.SENT, State.FAILED, State.SKIPPED)
    assert len(published) == settled
    assert settled == (message.due_at is None) == (message.settled_at is not None)
    assert message.state is not State.FAILED or message.reason


@given(st.integers(1, 10**6), st.text(max_size=10))
def test_a_wait_is_never_shorter_than_the_first_nor_much_longer_than_the_longest(deferrals: int, message: str) -> None:
    assert timedelta(seconds=5) <= wait_after(deferrals, message) <= LONGEST_WAIT * 1.25


def test_waits_and_leases_go_by_the_machine_s_clock_and_what_people_see_by_theirs() -> None:
    seen, machine_now = AT + timedelta(days=300), AT
    message = handlers.begin_attempt(queued(), REACHABLE, ALONE, seen, machine_now, LEASE).state
    assert message.due_at == machine_now + LEASE
    later = handlers.record_outcome(message, 1, DEFERRED, seen, machine_now).state
    assert later.due_at is not None
    assert later.due_at < machine_now + LEASE
    sent = handlers.record_outcome(message, 1, ACCEPTED, seen, machine_now).state
    assert sent.settled_at == seen
