"""What each change of a message writes down, to the field; how long it waits; what is shown of an address."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from contracts.endings.intake import DossierExtendedV1, DossierStoppedV1
from contracts.intake import (
    DossierDecidedV1,
    DossierRescheduledV1,
    DossierReturnedV1,
    DossierTransferredV1,
    DossierWithdrawnV1,
    Provisional,
)
from contracts.values import masked_email
from services.notify.domain.contact import SkipReason
from services.notify.domain.message import AT_ONCE, MessageUnknown, NotFailed, Result, State, Verdict, fact_name, wait_after
from services.notify.domain.notice import content_of
from tests.support.notify_world import AT, CODE, IN_COMMUNE, TELEPHONE, UNIT, fact, queued

LEASE, LATER = timedelta(seconds=30), AT + timedelta(minutes=5)
FIRST, LONGEST = timedelta(seconds=5), timedelta(hours=4)


def test_what_is_not_failed_is_not_sent_again() -> None:
    with pytest.raises(NotFailed) as refused:
        queued().retry()
    assert (refused.value.code, refused.value.vi, refused.value.en) == (
        "message-not-failed",
        "Chỉ gửi lại được tin đã thất bại. Tin này đã gửi, được bỏ qua, hoặc đang chờ gửi.",
        "Only a failed message can be sent again. This one was sent, skipped, or is waiting to be sent.",
    )


def test_a_message_that_is_not_there_is_said_to_be_gone() -> None:
    refusal = MessageUnknown()
    assert (refusal.code, refusal.status, refusal.vi, refusal.en) == (
        "no-message",
        404,
        "Không có tin báo này. Hãy mở lại danh sách tin và chọn tin cần xem.",
        "There is no such message. Open the list of messages again and choose one.",
    )


def test_a_fact_is_named_by_what_has_happened() -> None:
    assert fact_name("vn.motcua.intake.dossier.handed-over.v1") == "handed-over"


def test_queued_is_due_at_once_whatever_it_was() -> None:
    held = replace(queued(), state=State.SKIPPED, due_at=None)
    assert held.queue() == replace(held, state=State.QUEUED, due_at=AT_ONCE)


def test_skipped_is_due_no_more() -> None:
    message = queued()
    assert message.skip(SkipReason.NO_CONTACT, LATER) == replace(
        message, state=State.SKIPPED, reason="no contact", due_at=None, settled_at=LATER
    )


def test_accepted_forgets_what_held_it() -> None:
    sending = replace(queued(), reason="greylisted").begin(AT, LEASE)
    assert sending.end(1, Result(Verdict.ACCEPTED), LATER, AT) == replace(
        sending, state=State.SENT, reason=None, due_at=None, settled_at=LATER
    )


def test_deferred_waits_by_its_own_id_and_says_why() -> None:
    sending = replace(queued(), deferrals=2).begin(AT, LEASE)
    assert sending.end(1, Result(Verdict.DEFERRED, "greylisted"), LATER, AT) == replace(
        sending, state=State.QUEUED, reason="greylisted", deferrals=3, due_at=AT + wait_after(3, sending.id)
    )


def test_refused_counts_the_attempt_as_put_off_too() -> None:
    sending = replace(queued(), deferrals=2).begin(AT, LEASE)
    assert sending.end(1, Result(Verdict.REFUSED, "no such user"), LATER, AT) == replace(
        sending, state=State.FAILED, reason="no such user", deferrals=3, due_at=None, settled_at=LATER
    )


@pytest.mark.parametrize("deferrals", range(1, 40))
def test_waits_double_up_to_four_hours_and_are_stretched_by_less_than_a_quarter(deferrals: int) -> None:
    unstretched = min(FIRST * 2 ** (deferrals - 1), LONGEST)
    waits = {wait_after(deferrals, f"m-{number}") for number in range(3000)}
    assert min(waits) == unstretched
    assert max(waits) == unstretched * (1 + 255 / 1024)


def test_waits_of_one_message_only_grow_until_the_longest() -> None:
    waits = [wait_after(deferrals, "m-1") for deferrals in range(1, 12)]
    assert all(shorter < longer for shorter, longer in pairwise(waits))


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("nguyen.van.a@example.vn", "n***@example.vn"),
        ("a@b@example.vn", "a***@example.vn"),
        ("@example.vn", "***@example.vn"),
    ],
)
def test_of_an_address_one_letter_and_the_server_are_shown(address: str, shown: str) -> None:
    assert masked_email(address) == shown


def test_a_letter_is_filled_with_these_fields_and_no_others() -> None:
    content = {
        "reference": CODE,
        "procedure": "Chuyển quyền sử dụng đất",
        "unit": UNIT.name,
        "telephone": TELEPHONE,
        "channel": "online",
        "hand_over": "counter",
        "happened_at": "2026-02-16T08:00:00+00:00",
        "promised_at": "2026-02-16T08:00:00+00:00",
        "provisional": False,
        "known_until": None,
    }
    assert content_of(fact(), TELEPHONE) == content
    assert content_of(fact(DossierReturnedV1, code=None, promised_at=None), TELEPHONE) == content | {
        "reference": "N-1",
        "promised_at": None,
        "missing": ["Tờ khai"],
    }
    assert content_of(fact(DossierDecidedV1), TELEPHONE) == content | {"outcome": "granted"}
    assert content_of(fact(DossierRescheduledV1), TELEPHONE) == content | {
        "previous_at": "2026-02-15T08:00:00+00:00",
        "days_off": [],
    }
    may_move = fact(provisional=Provisional(calendar="mot-cua", known_until=date(2026, 1, 31)))
    assert content_of(may_move, TELEPHONE) == content | {"provisional": True, "known_until": "31/01/2026"}
    assert content_of(fact(DossierTransferredV1), TELEPHONE) == content | {"transferred_from": IN_COMMUNE.name}
    extended = {"ground": "opinion-awaited", "previous_at": "2026-02-09T08:00:00+00:00"}
    assert content_of(fact(DossierExtendedV1), TELEPHONE) == content | extended
    assert content_of(fact(DossierStoppedV1), TELEPHONE) == content | {"ground": "unanswered-supplement"}
    assert content_of(fact(DossierWithdrawnV1), TELEPHONE) == content | {"duplicate_of": "000.00.21.H99-260216-0002"}
